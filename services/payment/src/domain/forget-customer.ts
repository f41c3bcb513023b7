import type { ChargeStatus } from "@comanda/contracts";
import type { Moment } from "./change-charge.ts";
import type { Charge, NamedEntry } from "./charge.ts";

/** Money is on its way at the provider; it ends first, then whose it was is forgotten (reliability F-61). */
const MOVING: readonly ChargeStatus[] = ["created", "in_process", "refund_pending"];

/** Whether somebody's money is moving right now. */
export function isMoving({ status }: Pick<Charge, "status">): boolean {
  return MOVING.includes(status);
}

/** The charge without the person: money, flow and ledger stay, and nothing in them leads to anybody. */
export function forgetCustomer(charge: Charge, { now }: Pick<Moment, "now">): Charge {
  if (charge.customerId === null) return charge;
  const entry: NamedEntry = {
    at: now,
    kind: "decision",
    code: "customer-forgotten",
    summary: "customer forgotten",
    detail: {},
  };
  return {
    ...charge,
    customerId: null,
    entries: [...charge.entries, entry],
    version: charge.version + 1,
    updatedAt: now,
  };
}
