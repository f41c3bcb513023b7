import type { ChargeStatus } from "@comanda/contracts";

/**
 * What a charge's status means for the order. `open`: money may still come; `held`: money is here; `returning`: it is
 * on its way back; `returned`: all of it is back; `closed`: none came and none will.
 */
export type ChargeState = "open" | "held" | "returning" | "returned" | "closed";

const STATES: Readonly<Record<ChargeStatus, ChargeState>> = {
  created: "open",
  pending: "open",
  in_process: "open",
  approved: "held",
  // The money is still with us while it is fought over.
  in_dispute: "held",
  partially_refunded: "held",
  refund_pending: "returning",
  refunded: "returned",
  charged_back: "returned",
  rejected: "closed",
  expired: "closed",
  cancelled: "closed",
  // It never came about: the provider refused it, or stayed away until the order's time was over.
  failed: "closed",
};

export function chargeState(status: ChargeStatus): ChargeState {
  return STATES[status];
}
