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

/** How a refund stands; a Pix goes back by way of the central bank, which may take a while, or say no. */
export type PaymentRefundStatus = "approved" | "in_process" | "rejected";

/** Money that goes back to the buyer. Without a status it went at once. */
export type PaymentRefund = { id: number; amountCents: number; createdMs: number; status?: PaymentRefundStatus };

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

/** How a refund stands. */
export const refundStatusOf = ({ status = "approved" }: PaymentRefund): PaymentRefundStatus => status;

/** What went back to the buyer for good, centavos. */
export const refundedCents = (payment: Payment): number => centsOf(payment, "approved");

/** What is on its way back, centavos. */
export const refundingCents = (payment: Payment): number => centsOf(payment, "in_process");

const centsOf = ({ refunds }: Payment, status: PaymentRefundStatus): number =>
  refunds.reduce((sum, refund) => (refundStatusOf(refund) === status ? sum + refund.amountCents : sum), 0);

/** Gives money back, whole (no amount) or in part; the sum never passes what was paid. `isSlow`: not at once. */
export const refundPayment = (
  payment: Payment,
  refund: { id: number; nowMs: number; amountCents?: number; isSlow?: boolean },
): Decision<Payment, "not_refundable" | "already_refunded" | "bad_amount" | "amount_exceeds"> => {
  if (payment.status === "refunded") return refuse("already_refunded");
  if (payment.status !== "approved") return refuse("not_refundable");
  const { id, nowMs } = refund;
  const leftCents = payment.amountCents - refundedCents(payment) - refundingCents(payment);
  const amountCents = refund.amountCents ?? leftCents;
  if (amountCents <= 0) return refuse("bad_amount");
  if (amountCents > leftCents) return refuse("amount_exceeds");
  const started: PaymentRefund = { id, amountCents, createdMs: nowMs, status: "in_process" };
  const begun = { ...payment, updatedMs: nowMs, refunds: [...payment.refunds, started] };
  return allow(refund.isSlow === true ? begun : settlePaymentRefund(begun, { id, nowMs, outcome: "approved" }));
};

/** A refund that was under way ends. */
export const settlePaymentRefund = (
  payment: Payment,
  end: { id: number; nowMs: number; outcome: "approved" | "rejected" },
): Payment => {
  const refunds = payment.refunds.map((refund) =>
    refund.id === end.id && refundStatusOf(refund) === "in_process" ? { ...refund, status: end.outcome } : refund,
  );
  const settled = { ...payment, refunds, updatedMs: end.nowMs };
  if (end.outcome === "rejected" || payment.status !== "approved") return settled;
  return refundedCents(settled) === payment.amountCents
    ? { ...settled, status: "refunded", statusDetail: "refunded" }
    : { ...settled, statusDetail: "partially_refunded" };
};
