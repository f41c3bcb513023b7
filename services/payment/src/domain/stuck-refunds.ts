import { addSeconds } from "@comanda/primitives";
import type { Charge, Refund } from "./charge.ts";
import { committedCents } from "./refund-sums.ts";
import { isUnderWay } from "./transitions.ts";

/** A Pix goes back within seconds; what takes longer than this is looked at by people. */
const STUCK_AFTER_S = 10 * 60;
/** Who has not tried a failed refund again for so long has settled it another way. */
const FORGOTTEN_AFTER_S = 30 * 86_400;

/** How many refunds of these charges do not move, and how many failed and were not made good. */
export function stuckRefunds(
  charges: readonly Charge[],
  now: Date,
): { readonly stuck: number; readonly failed: number } {
  const since = addSeconds(now, -STUCK_AFTER_S);
  const refundsThat = (matches: (refund: Refund, charge: Charge) => boolean) =>
    charges.reduce((sum, charge) => sum + charge.refunds.filter((refund) => matches(refund, charge)).length, 0);
  return {
    stuck: refundsThat((refund) => isUnderWay(refund) && refund.requestedAt <= since),
    failed: refundsThat((refund, charge) => isOpenFailure(refund, charge, now)),
  };
}

function isOpenFailure(refund: Refund, charge: Charge, now: Date): boolean {
  if (refund.status !== "failed") return false;
  if (refund.settledAt !== null && refund.settledAt < addSeconds(now, -FORGOTTEN_AFTER_S)) return false;
  if (charge.refunds.some(({ idempotencyKey }) => idempotencyKey === `retry-of-${refund.id}`)) return false;
  // The money that should have gone is still here, unless another refund took it along.
  return refund.strayPaymentId !== null || charge.amountCents - committedCents(charge) >= refund.amountCents;
}
