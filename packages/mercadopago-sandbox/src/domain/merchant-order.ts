import type { JsonObject } from "../json.ts";
import { type Payment, refundedCents } from "./payment.ts";

/** Groups the payments tried for one sale of Checkout Pro. Its states follow from its payments. */
export type MerchantOrder = {
  id: number;
  userId: string;
  applicationId: string;
  preferenceId: string | null;
  externalReference: string | null;
  items: JsonObject[];
  notificationUrl: string | null;
  totalCents: number;
  paymentIds: number[];
  createdMs: number;
  updatedMs: number;
};

/** What a merchant order's payments sum up to, centavos, and the states that follow. */
export const merchantOrderState = (order: MerchantOrder, payments: Payment[]) => {
  const paidCents = sum(payments.filter((p) => p.approvedMs !== null).map((p) => p.amountCents));
  const returnedCents = sum(payments.map(refundedCents));
  const isPaid = paidCents >= order.totalCents && payments.length > 0;
  return { paidCents, returnedCents, status: isPaid ? "closed" : "opened", orderStatus: orderStatus() } as const;

  function orderStatus() {
    if (paidCents > 0 && returnedCents >= paidCents) return "refunded";
    if (returnedCents > 0) return "partially_refunded";
    if (isPaid) return "paid";
    if (paidCents > 0) return "partially_paid";
    return payments.some((payment) => payment.status === "pending") ? "payment_in_process" : "payment_required";
  }
};

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
