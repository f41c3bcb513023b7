/**
 * `node scripts/bootstrap.mjs bench/src/reconcile.ts`: how many questions the comparison of a day of `BENCH_ROWS` charges
 * takes, and so how long it is at the default pace of five a second (reliability PA-14: ten minutes for 10,000). One
 * charge in ten is unpaid.
 */
import { setup, teardown } from "../../packages/testing/src/global-setup.ts";
import { makePace } from "../../services/payment/src/use-cases/pace.ts";
import { reconcileDay } from "../../services/payment/src/use-cases/reconcile-day.ts";
import { believedPaid, closed, openBooks } from "../../services/payment/test/books.ts";
import { startHarness } from "../../services/payment/test/harness.ts";

const rows = Number(process.env["BENCH_ROWS"] ?? 10_000);
const DEFAULT_PER_SECOND = 5;
const AT_ONCE = 8;

await setup();
const harness = await startHarness({ isBackgroundOn: false });
try {
  await harness.faults({ webhooks: "drop" });
  const pace = makePace(1_000);
  const books = openBooks(harness, pace.wait);
  const from = new Date();
  let left = rows;
  const plant = async () => {
    for (; left > 0; ) {
      const isPaid = left % 10 !== 0;
      left -= 1;
      const charge = await books.open();
      if (isPaid) await books.enter(believedPaid(await books.pay(charge)));
      else {
        await books.desk.provider.cancelCharge(charge);
        await books.enter(closed(charge, "cancelled"));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, plant));
  const asked = pace.count();
  const began = performance.now();
  const { compared, agreeing, open } = await reconcileDay(books.desk, { from, to: new Date() }, () => {});
  const seconds = (performance.now() - began) / 1_000;
  const requests = pace.count() - asked;
  console.log(
    JSON.stringify({
      rows: compared,
      agreeing,
      open,
      requests,
      seconds_unpaced: Number(seconds.toFixed(1)),
      seconds_at_five_per_second: Math.round(Math.max(seconds, requests / DEFAULT_PER_SECOND)),
    }),
  );
} finally {
  await harness.close();
  await teardown();
}
