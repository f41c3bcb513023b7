import type { ChargeStatus } from "@comanda/contracts";
import type { Moment } from "./change-charge.ts";
import type { Charge, NamedEntry } from "./charge.ts";
import { withoutTypedReasons } from "./typed-reasons.ts";

/** Money is on its way at the provider; it ends first, then whose it was is forgotten (reliability F-61). */
const MOVING: readonly ChargeStatus[] = ["created", "in_process", "refund_pending"];

/** Whether somebody's money is moving right now. */
export function isMoving({ status }: Pick<Charge, "status">): boolean {
  return MOVING.includes(status);
}

/**
 * The charge without the person, and without what was typed about them: money, flow and ledger stay, and nothing in them
 * leads to anybody.
 */
export function forgetCustomer(charge: Charge, { now }: Pick<Moment, "now">): Charge {
  if (charge.customerId === null) return charge;
  const { entries, ...kept } = withoutTypedReasons(charge, null);
  const entry: NamedEntry = {
    at: now,
    kind: "decision",
    code: "customer-forgotten",
    summary: "customer forgotten",
    detail: {},
  };
  return {
    ...kept,
    customerId: null,
    entries: [...entries, entry],
    version: charge.version + 1,
    updatedAt: now,
  };
}

/** The charge without the reasons that people typed up to `until`; the same charge when there are none. */
export function forgetReasons(charge: Charge, { now, until }: Pick<Moment, "now"> & { readonly until: Date }): Charge {
  const forgotten = withoutTypedReasons(charge, until);
  return forgotten === charge ? charge : { ...forgotten, version: charge.version + 1, updatedAt: now };
}
