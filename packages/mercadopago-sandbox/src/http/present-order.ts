import { utcDate } from "../domain/dates.ts";
import { textOfCents } from "../domain/money.ts";
import type { Order, OrderRefund } from "../domain/order.ts";

/** An order as the Orders API shows it. */
export const presentOrder = (order: Order) => {
  const amount = textOfCents(order.amountCents);
  const { description, items, discounts, integrationData } = order.echo;
  return {
    id: order.id,
    type: "qr",
    processing_mode: "automatic",
    external_reference: order.externalReference,
    ...(description !== undefined && { description }),
    total_amount: amount,
    ...(order.paid !== null && { total_paid_amount: amount }),
    expiration_time: order.expirationTime,
    country_code: "BRA",
    user_id: order.userId,
    status: order.status,
    status_detail: order.statusDetail,
    currency: "BRL",
    created_date: utcDate(order.createdMs),
    last_updated_date: utcDate(order.updatedMs),
    integration_data: { ...integrationData, application_id: order.applicationId },
    transactions: {
      payments: [presentTransaction(order)],
      ...(order.refunds.length > 0 && { refunds: order.refunds.map((refund) => presentRefund(order, refund)) }),
    },
    config: { qr: { external_pos_id: order.pos.externalId, mode: order.mode } },
    ...(order.qrData !== null && { type_response: { qr_data: order.qrData } }),
    ...(items !== undefined && { items }),
    ...(discounts !== undefined && { discounts }),
  };
};

/** The reduced answer of a refund: the order still `processed`, the refund on its way. */
export const presentStartedRefund = (order: Order, refund: OrderRefund) => ({
  id: order.id,
  status: order.status,
  status_detail: order.statusDetail,
  transactions: { refunds: [presentRefund(order, refund)] },
});

const presentRefund = (order: Order, refund: OrderRefund) => ({
  id: refund.id,
  transaction_id: order.paymentId,
  reference_id: String(refund.referenceId),
  amount: textOfCents(refund.amountCents),
  status: refund.status,
});

const transactionStates: Record<Order["status"], { status: string; status_detail: string }> = {
  created: { status: "created", status_detail: "ready_to_process" },
  processed: { status: "processed", status_detail: "accredited" },
  canceled: { status: "canceled", status_detail: "canceled_by_api" },
  expired: { status: "expired", status_detail: "expired" },
  refunded: { status: "refunded", status_detail: "refunded" },
};

const presentTransaction = (order: Order) => ({
  id: order.paymentId,
  amount: textOfCents(order.amountCents),
  ...(order.paid !== null && {
    paid_amount: textOfCents(order.amountCents),
    reference_id: String(order.paid.referenceId),
    payment_method: { id: order.paid.methodId, type: order.paid.methodType, installments: 1 },
  }),
  ...transactionStates[order.status],
  ...(order.statusDetail === "partially_refunded" && { status_detail: "partially_refunded" }),
});
