import { ok, type Result, refuse } from "@comanda/primitives";
import type { Static } from "typebox";
import { Value } from "typebox/value";
import { CustomerErased, PaymentCancelled, PaymentRequested, PaymentSnapshot, RefundRequested } from "./event-data.ts";
import { CloudEvent, EVENTS } from "./events.ts";

type Envelope = Static<typeof CloudEvent>;

/** An event whose data is known to have its shape. Fields added by a newer producer are kept and ignored. */
export type KnownEvent = { readonly envelope: Envelope } & (
  | { readonly kind: "payment-requested"; readonly data: PaymentRequested }
  | { readonly kind: "payment-cancelled"; readonly data: PaymentCancelled }
  | { readonly kind: "refund-requested"; readonly data: RefundRequested }
  | { readonly kind: "payment-changed"; readonly data: PaymentSnapshot }
  | { readonly kind: "customer-erased"; readonly data: CustomerErased }
);

/**
 * Parses what arrived as an event, once, at the door.
 * @param producer the service that sent it, by its token: a type is believed only from its owner
 */
export function parseEvent(input: unknown, producer: string): Result<KnownEvent, string> {
  if (!Value.Check(CloudEvent, input)) return refuse("not a CloudEvent of the house");
  const known = EVENTS[input.type];
  if (known === undefined) return refuse(`unknown event type ${input.type}`);
  if (known.source !== input.source || input.source !== `/${producer}`) {
    return refuse(`${producer} may not say ${input.type}`);
  }
  const { data } = input;
  if (input.type === "comanda.order.payment_requested" && Value.Check(PaymentRequested, data)) {
    return ok({ envelope: input, kind: "payment-requested", data });
  }
  if (input.type === "comanda.order.payment_cancelled" && Value.Check(PaymentCancelled, data)) {
    return ok({ envelope: input, kind: "payment-cancelled", data });
  }
  if (input.type === "comanda.customer.erased" && Value.Check(CustomerErased, data)) {
    return ok({ envelope: input, kind: "customer-erased", data });
  }
  if (input.type === "comanda.order.refund_requested" && Value.Check(RefundRequested, data)) {
    return ok({ envelope: input, kind: "refund-requested", data });
  }
  if (input.source === "/payment" && Value.Check(PaymentSnapshot, data)) {
    return ok({ envelope: input, kind: "payment-changed", data });
  }
  return refuse(`the data of ${input.type} has not its shape`);
}
