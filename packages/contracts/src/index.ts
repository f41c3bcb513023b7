export { CANCEL_REASONS, PaymentCancelled, PaymentRequested, PaymentSnapshot } from "./event-data.ts";
export { CloudEvent, EVENTS } from "./events.ts";
export { examples } from "./examples.ts";
export { type KnownEvent, parseEvent } from "./parse-event.ts";
export {
  CHARGE_STATUSES,
  type ChargeStatus,
  ORDER_PAYMENT_STATUSES,
  ORDER_STATUSES,
  type OrderPaymentStatus,
  type OrderStatus,
  PAYMENT_METHODS,
  type PaymentMethod,
} from "./vocabulary.ts";
