import type { Chargeback } from "../domain/chargeback.ts";
import { offsetDate, utcDate } from "../domain/dates.ts";
import { type MerchantOrder, merchantOrderState } from "../domain/merchant-order.ts";
import { textOfCents } from "../domain/money.ts";
import { type Order, paidCentsOf } from "../domain/order.ts";
import type { Payment } from "../domain/payment.ts";
import { presentTransaction } from "../http/present-order.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";

/** One try to deliver a notification. */
export type DeliveryAttempt = {
  at: string;
  /** Value of `X-Retry`. */
  retry: number;
  request_id: string;
  url: string;
  status_code: number | null;
  error: string | null;
  duration_ms: number;
};

/** Something a seller is told. Kept, with every attempt, until newer ones push it out of the list. */
export type Notification = {
  id: string;
  userId: string;
  /** `webhook` is signed; `ipn` is the old form, unsigned. */
  form: "webhook" | "ipn";
  topic: string;
  resourceId: string;
  action: string;
  /** Address of its own (a preference's `notification_url`); null: the application's. */
  url: string | null;
  body: JsonObject;
  createdMs: number;
  /** `held` waits for an address or was lost on purpose by a fault; only a redelivery sends it. */
  status: "pending" | "delivered" | "gave_up" | "dropped" | "held";
  attempts: DeliveryAttempt[];
  /** How this one is signed, where it differs from the rest. */
  signing?: Signing;
};

/** How a notice is signed; what is absent follows the faults in force. */
export type Signing = {
  signature?: "valid" | "none" | "wrong_secret";
  /** Another secret than the seller's. */
  secret?: string;
  ts?: "ms" | "s";
  id_case?: "lower" | "as_is";
  /** How old `ts` claims to be, ms. */
  age_ms?: number;
};

type Draft = { id: string; seller: Seller; nowMs: number };

/** The notification of a change of an order (page "notifications" of QR Code). */
export const orderNotification = ({ id, seller, nowMs }: Draft, order: Order): Notification => {
  // A partial refund leaves the order processed; the notice is still that of a refund.
  const action = order.statusDetail === "partially_refunded" ? "order.refunded" : `order.${order.status}`;
  const hasTransactions = ["order.processed", "order.failed", "order.action_required"].includes(action);
  const data: JsonObject = {
    external_reference: order.externalReference,
    id: order.id,
    status: order.status,
    status_detail: order.statusDetail,
    total_amount: textOfCents(order.amountCents),
    ...(order.paid !== null && { total_paid_amount: textOfCents(paidCentsOf(order)) }),
    ...(hasTransactions && { transactions: { payments: [transactionOf(order)] } }),
    type: order.type,
    version: order.version,
  };
  return {
    ...base({ id, seller, nowMs }, { topic: "order", resourceId: order.id, action }),
    body: {
      action,
      api_version: "v1",
      application_id: seller.applicationId,
      data,
      // This family writes nanoseconds.
      date_created: utcDate(nowMs).replace("Z", "000000Z"),
      live_mode: false,
      type: "order",
      user_id: seller.userId,
    },
  };
};

/** Notifications name the payment's number differently from answers. */
const transactionOf = (order: Order): JsonObject => {
  const { reference_id: number, ...transaction } = presentTransaction(order);
  return { ...transaction, ...(number !== undefined && { reference: { id: number } }) };
};

/** The notifications of a change of a payment: a webhook, and the old IPN unless its address refuses it. */
export const paymentNotifications = (
  { id, seller, nowMs }: Draft,
  change: { payment: Payment; action: "payment.created" | "payment.updated" },
): Notification[] => {
  const { payment, action } = change;
  const url = payment.notificationUrl;
  const webhook: Notification = {
    ...base({ id, seller, nowMs }, { topic: "payment", resourceId: String(payment.id), action }),
    url,
    body: {
      action,
      api_version: "v1",
      data: { id: String(payment.id) },
      date_created: offsetDate(nowMs),
      id: payment.id,
      live_mode: false,
      type: "payment",
      user_id: Number(seller.userId),
    },
  };
  if (url === null || url.includes("source_news=webhooks")) return [webhook];
  const body = { resource: String(payment.id), topic: "payment" };
  return [webhook, { ...webhook, id: `${id}-ipn`, form: "ipn", body }];
};

/** The notification of a dispute the bank opened or decided. */
export const chargebackNotification = (draft: Draft, chargeback: Chargeback): Notification =>
  disputeNotification(draft, { topic: "topic_chargebacks_wh", dispute: chargeback });

/** The notification of a complaint a buyer made, or dropped, at the provider. */
export const claimNotification = (draft: Draft, claim: Chargeback): Notification =>
  disputeNotification(draft, { topic: "topic_claims_integration_wh", dispute: claim });

const disputeNotification = (draft: Draft, about: { topic: string; dispute: Chargeback }): Notification => {
  const { topic, dispute } = about;
  const action = dispute.createdMs === dispute.updatedMs ? "created" : "updated";
  return {
    ...base(draft, { topic, resourceId: String(dispute.id), action }),
    body: {
      action,
      api_version: "v1",
      application_id: draft.seller.applicationId,
      data: { id: String(dispute.id), payment_id: dispute.paymentNumber },
      date_created: utcDate(draft.nowMs),
      live_mode: false,
      type: topic,
      user_id: draft.seller.userId,
    },
  };
};

/** The notification of a merchant order: its id stands at the top, not in `data`. */
export const merchantOrderNotification = (
  draft: Draft,
  about: { merchantOrder: MerchantOrder; payments: Payment[] },
): Notification => {
  const { merchantOrder, payments } = about;
  const id = String(merchantOrder.id);
  const { status } = merchantOrderState(merchantOrder, payments);
  const action = payments.length > 1 || status === "closed" ? "update" : "create";
  return {
    ...base(draft, { topic: "topic_merchant_order_wh", resourceId: id, action }),
    url: merchantOrder.notificationUrl,
    body: {
      action,
      application_id: draft.seller.applicationId,
      data: { currency_id: "BRL", marketplace: "NONE", status },
      date_created: utcDate(draft.nowMs),
      id,
      live_mode: false,
      status,
      type: "topic_merchant_order_wh",
      user_id: draft.seller.userId,
      version: payments.length,
    },
  };
};

const base = (
  { id, seller, nowMs }: Draft,
  about: { topic: string; resourceId: string; action: string },
): Omit<Notification, "body"> => ({
  id,
  userId: seller.userId,
  form: "webhook",
  url: null,
  createdMs: nowMs,
  status: "pending",
  attempts: [],
  ...about,
});
