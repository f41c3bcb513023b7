import { addSeconds } from "@comanda/primitives";
import type { Charge } from "./charge.ts";
import { isOpen } from "./transitions.ts";

/** The provider's clock may be a little behind ours: only after this has it had its say, in seconds. */
export const OVERDUE_AFTER_S = 15;

/** Says whether the charge's own time is over, by our clock and a little patience for the provider's. */
export function isOverdue(charge: Charge, now: Date): boolean {
  if (charge.expiresAt === null || !isOpen(charge.status)) return false;
  const isOurs = charge.provider === "counter" || charge.providerId === null;
  return now >= (isOurs ? charge.expiresAt : addSeconds(charge.expiresAt, OVERDUE_AFTER_S));
}
