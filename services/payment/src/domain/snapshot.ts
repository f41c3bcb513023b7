import type { PaymentSnapshot } from "@comanda/contracts";
import type { Charge } from "./charge.ts";
import { refundingCents } from "./refund-sums.ts";
import { isShown } from "./transitions.ts";

/** What of a charge is still of use to a payer: nothing to scan or open once it is settled. */
export function payable(charge: Charge): Pick<Charge, "qrCode" | "paymentLink" | "expiresAt"> {
  if (!isShown(charge.status)) return { qrCode: null, paymentLink: null, expiresAt: null };
  return { qrCode: charge.qrCode, paymentLink: charge.paymentLink, expiresAt: charge.expiresAt };
}

/** The charge as the other services are told of it. */
export function toSnapshot(charge: Charge): PaymentSnapshot {
  const { qrCode, paymentLink, expiresAt } = payable(charge);
  return {
    payment_id: charge.id,
    order_id: charge.orderId,
    attempt: charge.attempt,
    status: charge.status,
    method: charge.method,
    amount_cents: charge.amountCents,
    refunded_cents: charge.refundedCents,
    refunding_cents: refundingCents(charge.refunds),
    currency: charge.currency,
    qr_code: qrCode,
    payment_link: paymentLink,
    expires_at: expiresAt?.toISOString() ?? null,
    detail: charge.detail,
    approved_at: charge.approvedAt?.toISOString() ?? null,
    version: charge.version,
  };
}
