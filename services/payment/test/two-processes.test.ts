import { startMongoServer } from "@comanda/testing/mongo";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PaymentService } from "../src/app.ts";
import { storesFor } from "./both-stores.ts";
import { type Harness, startHarness } from "./harness.ts";

const server = await startMongoServer();
afterAll(() => server?.stop());

describe.each(storesFor(server))("two processes at once, on $name", ({ options }) => {
  let harness: Harness;
  let second: PaymentService;
  beforeAll(async () => {
    harness = await startHarness(options());
    // Two processes on one database, each with its own background work.
    second = await harness.makeService();
    second.start();
  });
  afterAll(async () => {
    await second.app.close();
    await second.close();
    await harness.close();
  });
  afterEach(() => harness.clearFaults());

  it("when 20 QRs are paid with notices lost and doubled, then each is approved and said once", async () => {
    await harness.faults({ webhook_drop_rate: 0.3, webhook_duplicate_rate: 0.5, error_rate: 0.1, seed: 7 });
    const charges = await Promise.all(Array.from({ length: 20 }, () => harness.request()));
    const open = await Promise.all(charges.map(({ id }) => harness.becomes(id, "pending", 20_000)));
    await Promise.all(open.map(({ qrCode }) => harness.pay({ qr_code: qrCode ?? "" })));
    for (const { id } of charges) {
      const paid = await harness.becomes(id, "approved", 20_000);
      const said = paid.entries.filter(({ summary }) => summary === "comanda.payment.approved");
      expect(said).toHaveLength(1);
      expect(await harness.ledgerOf(id)).toHaveLength(1);
    }
  });

  it("when refunds are asked of both at once, then never more goes back than came", async () => {
    await harness.faults({ refund_delay_ms: 20 });
    const { id, qr_code: qrCode } = await harness.request({ amount_cents: 1_000 });
    await harness.pay({ qr_code: qrCode });
    await harness.becomes(id, "approved");
    const authorization = await harness.bearer("admin");
    const ask = (service: PaymentService) =>
      service.app.inject({
        method: "POST",
        url: `/payments/${id}/refunds`,
        headers: { authorization },
        payload: { amount_cents: 500 },
      });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => ask(at % 2 === 0 ? harness.service : second)),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(2);
    expect((await harness.becomes(id, "refunded", 20_000)).refundedCents).toBe(1_000);
    expect((await harness.ledgerOf(id))[0]?.refunded_cents).toBe(1_000);
  });
});
