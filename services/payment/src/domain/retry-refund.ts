import { type Id, type Result, refuse } from "@comanda/primitives";
import type { Moment } from "./change-charge.ts";
import type { Charge, Refund } from "./charge.ts";
import { addRefund, type RefundRefusal, type RefundRequested, requestRefund } from "./refunds.ts";

/** Why a refund is not tried again. */
export type RetryRefusal = RefundRefusal | { readonly kind: "unknown-refund" } | { readonly kind: "refund-not-failed" };

/**
 * Tries a failed refund once more: a refund of its own, since the provider answers the key of the old one with its old
 * failure. Asking twice for the same one tries it once.
 */
export function retryRefund(
  charge: Charge,
  { refundId, newRefundId }: { readonly refundId: Id; readonly newRefundId: Id },
  moment: Moment,
): Result<RefundRequested, RetryRefusal> {
  const failed = charge.refunds.find(({ id }) => id === refundId);
  if (failed === undefined) return refuse({ kind: "unknown-refund" });
  if (failed.status !== "failed") return refuse({ kind: "refund-not-failed" });
  const { amountCents, lines, reason, strayPaymentId } = failed;
  const request = { id: newRefundId, amountCents, reason, idempotencyKey: `retry-of-${refundId}`, fingerprint: null };
  if (strayPaymentId === null) {
    const wanted = lines.map(({ itemId, quantity }) => ({ itemId, quantity }));
    return requestRefund(charge, { ...request, lines: wanted }, moment);
  }
  const earlier = charge.refunds.find(({ idempotencyKey }) => idempotencyKey === request.idempotencyKey);
  if (earlier !== undefined) return { ok: true, value: { charge, refund: earlier, isReplay: true } };
  const refund: Refund = {
    ...request,
    lines,
    strayPaymentId,
    status: "requested",
    providerRefundId: null,
    requestedAt: moment.now,
    askedAt: null,
    settledAt: null,
  };
  return { ok: true, value: { charge: addRefund(charge, { refund }, moment), refund, isReplay: false } };
}
