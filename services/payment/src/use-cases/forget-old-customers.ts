import { CHARGE_STATUSES, type ChargeStatus } from "@comanda/contracts";
import { addSeconds, firstIdAt, type Id } from "@comanda/primitives";
import { forgetCustomer } from "../domain/forget-customer.ts";
import type { ChargeDesk } from "./charge-desk.ts";

type Desk = Pick<ChargeDesk, "store" | "clock">;

const DAY_S = 86_400;
/** A charge that came to nothing keeps its person this long (reliability OP-64); one that took money, the years of tax law. */
const UNPAID_DAYS = 30;
const SALES_DAYS = 5 * 365 + 2;
/** How far behind its time a charge is still found: longer than a shop is closed. */
const BEHIND_DAYS = 120;
const PAGE = 100;

const CAME_TO_NOTHING: readonly ChargeStatus[] = ["rejected", "expired", "cancelled", "failed"];

/** Takes people out of charges whose time is over. @returns how many charges changed */
export async function forgetOldCustomers(desk: Desk): Promise<number> {
  let changed = 0;
  for (const status of CHARGE_STATUSES) {
    changed += await forgetOf(desk, status, CAME_TO_NOTHING.includes(status) ? UNPAID_DAYS : SALES_DAYS);
  }
  return changed;
}

async function forgetOf(desk: Desk, status: ChargeStatus, days: number): Promise<number> {
  const before = addSeconds(desk.clock.now(), -days * DAY_S);
  const oldest = firstIdAt(addSeconds(before, -BEHIND_DAYS * DAY_S));
  let after: Id = firstIdAt(before);
  let changed = 0;
  for (;;) {
    const page = await desk.store.list({ status, limit: PAGE, after });
    for (const charge of page) {
      if (charge.customerId === null || charge.id < oldest) continue;
      // Whoever was faster has changed it: the next round finds it again.
      const forgotten = forgetCustomer(charge, { now: desk.clock.now() });
      if (await desk.store.replace(forgotten, charge.version)) changed += 1;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE || last.id < oldest) return changed;
    after = last.id;
  }
}
