import type { JsonObject } from "../json.ts";
import type { CardFace } from "./card.ts";
import { allow, type Decision, refuse } from "./decision.ts";

/** States of a payment of the classic family that the sandbox can reach. */
export type PaymentStatus =
  | "pending"
  | "in_process"
  | "authorized"
  | "approved"
  | "rejected"
  | "cancelled"
  | "refunded"
  | "in_mediation"
  | "charged_back";

/** Money that went back to the buyer. */
export type PaymentRefund = { id: number; amountCents: number; createdMs: number };

/** A payment of `/v1/payments`: created directly (Pix) or by the hosted page of a preference. Centavos, epoch ms. */
export type Payment = {
  id: number;
  userId: string;
  amountCents: number;
  status: PaymentStatus;
  statusDetail: string;
  methodId: string;
  methodType: string;
  externalReference: string | null;
  notificationUrl: string | null;
  /** Request members that are answered back as they came. */
  echo: {
    description: string | null;
    payer: JsonObject;
    metadata: JsonObject;
    additionalInfo: JsonObject;
    statementDescriptor: string | null;
    binaryMode: boolean;
  };
  preferenceId: string | null;
  merchantOrderId: number | null;
  qrCode: string | null;
  createdMs: number;
  updatedMs: number;
  approvedMs: number | null;
  /** When an unpaid payment lapses. */
  expiresMs: number | null;
  refunds: PaymentRefund[];
  /** Only of a payment by card token. */
  card?: CardFace;
  installments?: number;
  isCaptured?: boolean;
};

/** The buyer ends a pending payment, one way or the other. */
export const resolvePayment = (
  payment: Payment,
  end: { outcome: "approved" | "rejected"; nowMs: number },
): Decision<Payment, "already_paid" | "canceled" | "expired" | "rejected"> => {
  switch (payment.status) {
    case "pending":
    case "in_process":
      return allow(
        end.outcome === "approved"
          ? {
              ...payment,
              status: "approved",
              statusDetail: "accredited",
              approvedMs: end.nowMs,
              updatedMs: end.nowMs,
            }
          : { ...payment, status: "rejected", statusDetail: "rejected_by_bank", updatedMs: end.nowMs },
      );
    case "approved":
    case "authorized":
    case "in_mediation":
    case "charged_back":
    case "refunded":
      return refuse("already_paid");
    case "rejected":
      return refuse("rejected");
    case "cancelled":
      return refuse(payment.statusDetail === "expired" ? "expired" : "canceled");
  }
};

/** The seller takes what a card has reserved, all of it or less. */
export const capturePayment = (
  payment: Payment,
  capture: { nowMs: number; amountCents?: number },
): Decision<Payment, "not_capturable" | "bad_amount"> => {
  const { nowMs, amountCents = payment.amountCents } = capture;
  if (payment.status !== "authorized") return refuse("not_capturable");
  if (amountCents <= 0 || amountCents > payment.amountCents) return refuse("bad_amount");
  return allow({
    ...payment,
    amountCents,
    ...{ status: "approved", statusDetail: "accredited", isCaptured: true, approvedMs: nowMs, updatedMs: nowMs },
  });
};

/** The seller cancels: only what is not taken yet can be. */
export const cancelPayment = (payment: Payment, nowMs: number): Decision<Payment, "not_cancellable"> =>
  ["pending", "in_process", "authorized"].includes(payment.status)
    ? allow({ ...payment, status: "cancelled", statusDetail: "by_collector", updatedMs: nowMs })
    : refuse("not_cancellable");

/** Whether it was never paid and its time is over. */
export const isPaymentOverdue = (payment: Payment, nowMs: number): boolean =>
  payment.status === "pending" && payment.expiresMs !== null && payment.expiresMs <= nowMs;

/** The time is over. The caller has checked `isPaymentOverdue`. */
export const expirePayment = (payment: Payment): Payment => ({
  ...payment,
  status: "cancelled",
  statusDetail: "expired",
  updatedMs: payment.expiresMs ?? payment.updatedMs,
});

/** What went back to the buyer, centavos. */
export const refundedCents = (payment: Payment): number =>
  payment.refunds.reduce((sum, refund) => sum + refund.amountCents, 0);

/** Gives money back, whole (no amount) or in part; the sum never passes what was paid. */
export const refundPayment = (
  payment: Payment,
  refund: { id: number; nowMs: number; amountCents?: number },
): Decision<Payment, "not_refundable" | "already_refunded" | "bad_amount" | "amount_exceeds"> => {
  if (payment.status === "refunded") return refuse("already_refunded");
  if (payment.status !== "approved") return refuse("not_refundable");
  const leftCents = payment.amountCents - refundedCents(payment);
  const amountCents = refund.amountCents ?? leftCents;
  if (amountCents <= 0) return refuse("bad_amount");
  if (amountCents > leftCents) return refuse("amount_exceeds");
  const isWhole = amountCents === leftCents;
  return allow({
    ...payment,
    status: isWhole ? "refunded" : "approved",
    statusDetail: isWhole ? "refunded" : "partially_refunded",
    updatedMs: refund.nowMs,
    refunds: [...payment.refunds, { id: refund.id, amountCents, createdMs: refund.nowMs }],
  });
};
