import type { ChargeStatus } from "@comanda/contracts";
import { ok, type Result, refuse } from "@comanda/primitives";
import { changeCharge, type Moment } from "./change-charge.ts";
import type { Charge, NamedEntry } from "./charge.ts";
import { canBecome, isOpen } from "./transitions.ts";

/** Why a charge cannot be closed without money: it is paid, or was closed another way. */
export type CloseRefusal = { readonly kind: "already-paid" | "already-closed"; readonly status: ChargeStatus };

/** Gives an open charge up for `reason`. Repeating it changes nothing. */
export function cancel(charge: Charge, reason: string, moment: Moment): Result<Charge, CloseRefusal> {
  const { status } = charge;
  if (status === "cancelled") return ok(charge);
  if (!isOpen(status)) return refuse({ kind: charge.approvedAt === null ? "already-closed" : "already-paid", status });
  return ok(close(charge, { to: "cancelled", reason }, moment));
}

/** Ends a charge whose time is over: `expired` when it could have been paid, `failed` when it never came about. */
export function expire(charge: Charge, moment: Moment): Charge {
  if (!isOpen(charge.status)) return charge;
  const to = charge.status === "created" ? "failed" : "expired";
  return close(charge, { to, reason: "its time is over" }, moment);
}

function close(
  charge: Charge,
  { to, reason }: { readonly to: "cancelled" | "expired" | "failed"; readonly reason: string },
  moment: Moment,
): Charge {
  if (!canBecome({ from: charge.status, to })) return charge;
  const code = to === "cancelled" ? "closing" : "time-over";
  const entry: NamedEntry = { at: moment.now, kind: "decision", code, summary: `close as ${to}`, detail: { reason } };
  // That somebody has to look at the terminal stays true; whatever else was to be done there is over.
  const detail = charge.detail === "check_on_terminal" ? charge.detail : null;
  return changeCharge(charge, { status: to, detail, entries: [entry] }, moment);
}
