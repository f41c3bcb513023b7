import { CHARGE_STATUSES, type ChargeStatus } from "@comanda/contracts";
import { addSeconds, firstIdAt, type Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import { forgetCustomer, forgetReasons } from "../domain/forget-customer.ts";
import type { PaymentStore } from "../storage/charge-store.ts";
import type { ChargeDesk } from "./charge-desk.ts";

type Desk = Pick<ChargeDesk, "clock"> & { readonly store: PaymentStore };

const DAY_S = 86_400;
/** A charge that came to nothing keeps its person this long (reliability OP-64); one that took money, the years of tax law. */
const UNPAID_DAYS = 30;
const SALES_DAYS = 5 * 365 + 2;
/** A reason that somebody typed served to decide and to explain; what was decided stays. */
const REASONS_DAYS = 30;
/** How far behind its time a charge is still found: longer than a shop is closed. */
const BEHIND_DAYS = 120;
const PAGE = 100;

const CAME_TO_NOTHING: readonly ChargeStatus[] = ["rejected", "expired", "cancelled", "failed"];
/** Where a typed reason can stand, failed refunds aside: few among many. Money is given back years after it came, so of any age. */
const GIVEN_UP_OR_BACK: readonly ChargeStatus[] = [
  "cancelled",
  "refund_pending",
  "partially_refunded",
  "refunded",
  "in_dispute",
  "charged_back",
];
const FAILED_REFUNDS_MAX = 1_000;

/** Takes people, and the reasons they typed, out of charges whose time is over. @returns how many charges changed */
export async function forgetOldCustomers(desk: Desk): Promise<number> {
  const now = desk.clock.now();
  let changed = 0;
  for (const status of CHARGE_STATUSES) {
    const before = addSeconds(now, -(CAME_TO_NOTHING.includes(status) ? UNPAID_DAYS : SALES_DAYS) * DAY_S);
    const oldest = firstIdAt(addSeconds(before, -BEHIND_DAYS * DAY_S));
    changed += await changeEach(desk, { status, before, oldest }, (charge) => forgetCustomer(charge, { now }));
  }
  const until = addSeconds(now, -REASONS_DAYS * DAY_S);
  const withoutReasons = (charge: Charge) => forgetReasons(charge, { now, until });
  for (const status of GIVEN_UP_OR_BACK) {
    changed += await changeEach(desk, { status, before: until, oldest: firstIdAt(new Date(0)) }, withoutReasons);
  }
  const failed = await desk.store.trouble.listUnsettledRefunds({ limit: FAILED_REFUNDS_MAX });
  return changed + (await changeAll(desk, failed, withoutReasons));
}

/** Changes the charges of a status that were made before `before`, newest first, back to the id `oldest`. */
async function changeEach(
  desk: Desk,
  { status, before, oldest }: { readonly status: ChargeStatus; readonly before: Date; readonly oldest: Id },
  change: (charge: Charge) => Charge,
): Promise<number> {
  let after: Id = firstIdAt(before);
  let changed = 0;
  for (;;) {
    const page = await desk.store.list({ status, limit: PAGE, after });
    const inTime = page.filter(({ id }) => id >= oldest);
    changed += await changeAll(desk, inTime, change);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE || last.id < oldest) return changed;
    after = last.id;
  }
}

async function changeAll(desk: Desk, charges: readonly Charge[], change: (charge: Charge) => Charge): Promise<number> {
  let changed = 0;
  for (const charge of charges) {
    const next = change(charge);
    // Whoever was faster has changed it: the next round finds it again.
    if (next !== charge && (await desk.store.replace(next, charge.version))) changed += 1;
  }
  return changed;
}
