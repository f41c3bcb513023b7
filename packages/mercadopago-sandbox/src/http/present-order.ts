import { utcDate } from "../domain/dates.ts";
import { textOfCents } from "../domain/money.ts";
import { transactionSecurityOf } from "../domain/online-order.ts";
import { type OnlineOrder, type Order, type OrderRefund, paidCentsOf } from "../domain/order.ts";
import type { JsonObject } from "../json.ts";
import { qrPngBase64 } from "./qr-png.ts";

/** An order as the Orders API shows it. */
export const presentOrder = (order: Order): JsonObject => {
  const { description, items, discounts, integrationData } = order.echo;
  return {
    id: order.id,
    type: order.type,
    processing_mode: order.type === "online" ? order.processingMode : "automatic",
    external_reference: order.externalReference,
    ...(description !== undefined && { description }),
    total_amount: textOfCents(order.amountCents),
    ...(order.paid !== null && { total_paid_amount: textOfCents(paidCentsOf(order)) }),
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
      payments: order.paymentId === "" ? [] : [presentTransaction(order)],
      ...(order.refunds.length > 0 && { refunds: order.refunds.map((refund) => presentRefund(order, refund)) }),
    },
    ...membersOfType(order),
    ...(items !== undefined && { items }),
    ...(discounts !== undefined && { discounts }),
  };
};

const membersOfType = (order: Order): JsonObject => {
  switch (order.type) {
    case "qr":
      return {
        config: { qr: { external_pos_id: order.pos.externalId, mode: order.mode } },
        ...(order.qrData !== null && { type_response: { qr_data: order.qrData } }),
      };
    case "point":
      return { config: order.config };
    case "online":
      return {
        capture_mode: order.captureMode,
        payer: order.payer,
        ...(order.config !== null && { config: order.config }),
        ...(order.checkout !== undefined && {
          checkout_url: order.checkout.url,
          client_token: order.checkout.clientToken,
        }),
      };
  }
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

/** The payment transaction of an order, as answers and notifications show it. */
export const presentTransaction = (order: Order): JsonObject => ({
  id: order.paymentId,
  amount: textOfCents(order.amountCents),
  ...(order.paid !== null && {
    paid_amount: textOfCents(paidCentsOf(order)),
    ...(order.type === "point" &&
      paidCentsOf(order) > order.amountCents && { tip_amount: textOfCents(paidCentsOf(order) - order.amountCents) }),
    reference_id: String(order.paid.referenceId),
    payment_method: {
      id: order.paid.methodId,
      type: order.paid.methodType,
      installments: order.paid.installments ?? 1,
    },
  }),
  ...(order.type === "online" && order.method !== null && { payment_method: presentMethod(order) }),
  status: order.status,
  status_detail: transactionDetail(order),
});

/** How an online order is to be paid, with the code of its Pix once there is one. */
export const presentMethod = (order: OnlineOrder): JsonObject => ({
  ...order.method,
  ...(order.qrData !== null && {
    qr_code: order.qrData,
    qr_code_base64: qrPngBase64(order.qrData),
    ticket_url: order.ticketUrl,
    ...(order.paid !== null && { e2e_id: `E00000000${order.paid.referenceId}` }),
  }),
  ...presentSecurity(order),
});

const presentSecurity = (order: OnlineOrder): JsonObject => {
  const security = transactionSecurityOf(order);
  if (security === null || order.method?.["id"] === "pix") return {};
  const isOpen = order.statusDetail === "pending_challenge";
  const challenge = { url: order.challengeUrl, type: "three_ds", status: isOpen ? "pending" : "finished" };
  return { transaction_security: { ...security, ...(order.challengeUrl !== undefined && challenge) } };
};

const transactionDetail = (order: Order): string => {
  switch (order.status) {
    case "created":
      return "ready_to_process";
    case "processed":
      return order.statusDetail === "partially_refunded" ? "partially_refunded" : "accredited";
    case "canceled":
      if (order.type === "online") return "canceled_transaction";
      return order.type === "point" ? order.transactionDetail : "canceled_by_api";
    case "at_terminal":
    case "failed":
      return order.type === "qr" ? order.statusDetail : order.transactionDetail;
    case "action_required":
      return order.type === "point" ? order.transactionDetail : order.statusDetail;
    default:
      return order.statusDetail;
  }
};
