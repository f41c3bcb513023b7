import { type TSchema, Type } from "typebox";
import { CustomerErased, PaymentCancelled, PaymentRequested, PaymentSnapshot, RefundRequested } from "./event-data.ts";
import { CHARGE_STATUSES } from "./vocabulary.ts";

/** The event types that cross from one service to another, each with the schema of its data and its only producer. */
export const EVENTS: Readonly<Record<string, { readonly source: string; readonly data: TSchema }>> = {
  "comanda.customer.erased": { source: "/auth", data: CustomerErased },
  "comanda.order.payment_requested": { source: "/order", data: PaymentRequested },
  "comanda.order.payment_cancelled": { source: "/order", data: PaymentCancelled },
  "comanda.order.refund_requested": { source: "/order", data: RefundRequested },
  ...Object.fromEntries(
    CHARGE_STATUSES.map((status) => [`comanda.payment.${status}`, { source: "/payment", data: PaymentSnapshot }]),
  ),
};

/** The envelope of CloudEvents 1.0 in JSON, with the tracing extension. Unknown extensions are let through. */
export const CloudEvent = Type.Object(
  {
    specversion: Type.Literal("1.0"),
    id: Type.String({ minLength: 1, maxLength: 100 }),
    source: Type.String({ pattern: "^/[a-z]+$" }),
    type: Type.String({ pattern: "^comanda\\.[a-z]+\\.[a-z_]+$" }),
    subject: Type.String({ minLength: 1, maxLength: 100 }),
    time: Type.String({ format: "date-time" }),
    datacontenttype: Type.Literal("application/json"),
    traceparent: Type.Optional(Type.String()),
    data: Type.Unknown(),
  },
  { additionalProperties: true },
);
