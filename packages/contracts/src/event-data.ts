import { type Static, Type } from "typebox";
import { CHARGE_STATUSES, PAYMENT_METHODS } from "./vocabulary.ts";

const Id = Type.String({ format: "uuid" });
const Cents = Type.Integer({ minimum: 0 });
const Instant = Type.String({ format: "date-time" });
const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableInstant = Type.Union([Instant, Type.Null()]);

/**
 * The order wants a charge. Sent with every order and attempt, also when the charge was already asked for over HTTP:
 * whichever arrives first makes it, the other finds it (one charge per order and attempt).
 */
export const PaymentRequested = Type.Object({
  payment_id: Id,
  order_id: Id,
  attempt: Type.Integer({ minimum: 1 }),
  customer_id: Type.Union([Id, Type.Null()]),
  amount_cents: Cents,
  currency: Type.Literal("BRL"),
  method: Type.Enum(PAYMENT_METHODS),
  description: Type.String({ maxLength: 150 }),
  items: Type.Array(
    Type.Object({
      /** The order's name for the line; absent in what was said before lines had names. */
      id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      title: Type.String(),
      quantity: Type.Integer({ minimum: 1 }),
      unit_price_cents: Cents,
    }),
  ),
  /** When the whole order gives up waiting; a charge never outlives it. */
  order_expires_at: NullableInstant,
  /** The paired device at which it is paid: it chooses the point of sale and the card terminal. Older words have none. */
  device_id: Type.Optional(Type.Union([Id, Type.Null()])),
});
export type PaymentRequested = Static<typeof PaymentRequested>;

/** Why the order no longer wants a charge. */
export const CANCEL_REASONS = [
  "order_cancelled",
  "order_rejected",
  "order_expired",
  "method_changed",
  "paid_twice",
  "paid_too_late",
  "wrong_amount",
] as const;

/** The order no longer wants this charge: close it if it is open, give the money back if it was paid. */
export const PaymentCancelled = Type.Object({ payment_id: Id, order_id: Id, reason: Type.Enum(CANCEL_REASONS) });
export type PaymentCancelled = Static<typeof PaymentCancelled>;

/**
 * A person asked to be forgotten: whatever of theirs is kept loses what leads to them. `customer_id` is the only thing
 * that is said of them, and nobody can look it up any more.
 */
export const CustomerErased = Type.Object({ customer_id: Id, erasure_id: Id, erased_at: Instant });
export type CustomerErased = Static<typeof CustomerErased>;
/** Why some of a paid order's money goes back while the order goes on. */
export const REFUND_REASONS = ["item_refused"] as const;

/** Lines of a paid order will not be made: what they cost goes back, each line once, and the rest of the order goes on. */
export const RefundRequested = Type.Object({
  payment_id: Id,
  order_id: Id,
  items: Type.Array(Type.Object({ id: Id, quantity: Type.Integer({ minimum: 1 }) }), { minItems: 1 }),
  /** What they cost together, for a charge from before lines had names. */
  amount_cents: Cents,
  reason: Type.Enum(REFUND_REASONS),
});
export type RefundRequested = Static<typeof RefundRequested>;

/** A charge as it stands; `version` rises with every change, so that a consumer keeps the newest. */
export const PaymentSnapshot = Type.Object({
  payment_id: Id,
  order_id: Id,
  attempt: Type.Integer({ minimum: 1 }),
  status: Type.Enum(CHARGE_STATUSES),
  method: Type.Enum(PAYMENT_METHODS),
  amount_cents: Cents,
  refunded_cents: Cents,
  /** What is wanted or on its way back beside that; absent in what was said before it was known. */
  refunding_cents: Type.Optional(Cents),
  currency: Type.Literal("BRL"),
  qr_code: NullableText,
  payment_link: NullableText,
  expires_at: NullableInstant,
  approved_at: NullableInstant,
  /** What a person at the terminal has to know, or why the card was refused (CHARGE_DETAILS); text, so that it may grow. */
  detail: Type.Optional(NullableText),
  version: Type.Integer({ minimum: 1 }),
});
export type PaymentSnapshot = Static<typeof PaymentSnapshot>;
