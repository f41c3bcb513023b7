export {
  CANCEL_REASONS,
  CustomerErased,
  PaymentCancelled,
  PaymentRequested,
  PaymentSnapshot,
  REFUND_REASONS,
  RefundRequested,
} from "./event-data.ts";
export { CloudEvent, EVENTS } from "./events.ts";
export { examples } from "./examples.ts";
export { type KnownEvent, parseEvent } from "./parse-event.ts";
export {
  CHARGE_DETAILS,
  CHARGE_STATUSES,
  type ChargeDetail,
  type ChargeStatus,
  instructionOf,
  ORDER_PAYMENT_STATUSES,
  ORDER_STATUSES,
  type OrderPaymentStatus,
  type OrderStatus,
  PAYMENT_METHODS,
  type PaymentMethod,
  toChargeDetail,
} from "./vocabulary.ts";
