/** What happens to the food (api.md, order service). */
export const ORDER_STATUSES = [
  "requested",
  "paid",
  "preparing",
  "ready_for_pickup",
  "out_for_delivery",
  "delivered",
  "unclaimed",
  "cancelled",
  "rejected",
  "refunded",
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What happens to the money of an order: derived from its charges, never set by hand. */
export const ORDER_PAYMENT_STATUSES = [
  "pending",
  "awaiting_payment",
  "in_process",
  "approved",
  "rejected",
  "expired",
  "cancelled",
  "refund_pending",
  "partially_refunded",
  "refunded",
  "charged_back",
] as const;
export type OrderPaymentStatus = (typeof ORDER_PAYMENT_STATUSES)[number];

/** The life of one charge (api.md, payment service). */
export const CHARGE_STATUSES = [
  "created",
  "pending",
  "in_process",
  "approved",
  "rejected",
  "expired",
  "cancelled",
  "failed",
  "refund_pending",
  "partially_refunded",
  "refunded",
  "in_dispute",
  "charged_back",
] as const;
export type ChargeStatus = (typeof CHARGE_STATUSES)[number];

/** The ways to pay. */
export const PAYMENT_METHODS = ["qr", "link", "counter", "terminal"] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];
