import type { ChargeStatus } from "@comanda/contracts";
import type { Refund } from "./charge.ts";

const RETURNING = ["refund_pending", "partially_refunded", "refunded"] as const;
const DISPUTED = ["in_dispute", "charged_back"] as const;
/** Money that came is never denied, however late: the order decides whether it is honoured or given back. */
const MONEY_CAME = ["approved", ...RETURNING, ...DISPUTED] as const;
const CLOSED_UNPAID = ["rejected", "expired", "cancelled", "failed"] as const;

/**
 * Which status may follow which: the one table of allowed transitions (product §3.3). A fact says what a charge is; it
 * takes effect when its status stands in the row of the present one. Steps that nobody saw may be skipped, since a
 * provider is read as a snapshot and notices get lost.
 */
export const ALLOWED: Readonly<Record<ChargeStatus, readonly ChargeStatus[]>> = {
  created: ["pending", "in_process", ...CLOSED_UNPAID, ...MONEY_CAME],
  pending: ["in_process", ...CLOSED_UNPAID, ...MONEY_CAME],
  in_process: ["pending", ...CLOSED_UNPAID, ...MONEY_CAME],
  rejected: MONEY_CAME,
  expired: MONEY_CAME,
  cancelled: MONEY_CAME,
  failed: MONEY_CAME,
  approved: [...RETURNING, ...DISPUTED],
  // A refund that failed leaves the money with us.
  refund_pending: ["approved", "partially_refunded", "refunded", ...DISPUTED],
  partially_refunded: ["refund_pending", "refunded", ...DISPUTED],
  refunded: [],
  // A dispute that was won gives the charge back as it was.
  in_dispute: ["approved", ...RETURNING, "charged_back"],
  // A chargeback that was decided for us brings the money back (`reimbursed`).
  charged_back: ["approved", ...RETURNING],
};

/** Says whether a charge in `from` may become `to`. */
export function canBecome({ from, to }: { readonly from: ChargeStatus; readonly to: ChargeStatus }): boolean {
  return ALLOWED[from].includes(to);
}

const OPEN: readonly ChargeStatus[] = ["created", "pending", "in_process"];
const HOLDING_MONEY: readonly ChargeStatus[] = ["approved", "refund_pending", "partially_refunded"];

/** Says whether money may still come by the regular way. */
export function isOpen(status: ChargeStatus): boolean {
  return OPEN.includes(status);
}

/** Says whether money came and some of it may still be given back. */
export function holdsMoney(status: ChargeStatus): boolean {
  return HOLDING_MONEY.includes(status);
}

/** Says whether a refund is wanted or begun and not yet ended. */
export function isUnderWay({ status }: Refund): boolean {
  return status === "requested" || status === "unknown" || status === "in_process";
}

/** Says whether the provider is to be asked for a refund, for the first time or again. */
export function isToBeAsked({ status }: Refund): boolean {
  return status === "requested" || status === "unknown";
}

/** Says whether a guest may still be looking at the QR or the link. */
export function isShown(status: ChargeStatus): boolean {
  return status === "pending" || status === "in_process";
}
