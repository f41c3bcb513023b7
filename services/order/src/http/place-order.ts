import { type App, type Caller, callerOf } from "@comanda/service-kit";
import type { RequestedLine } from "../domain/price-line.ts";
import type { Ordering } from "../ordering.ts";
import { actorOf, deviceIdOf, ORDERERS, ownerOf } from "./order-caller.ts";
import { BODY_PROBLEMS, orderRouteProblems, problemOf } from "./order-problems.ts";
import { type NewOrderBody, NewOrderSchema, OrderSchema } from "./order-schema.ts";
import { renderOrder } from "./render-order.ts";
import { IdempotencyHeaders, REPLAYED, requestKeyOf } from "./request-key.ts";
import { tidy } from "./tidy.ts";

const schema = {
  operationId: "place-order",
  summary: "Order",
  description:
    "Names and prices are those of the menu at this moment. With payment or its provider away the order is accepted all the same: `payment_status: pending`, `payment: null`, and the QR follows over the live stream. `payment_method: terminal` is for a guest at a paired device with a card terminal (`payment.instruction` says what to do there).",
  tags: ["orders"],
  headers: IdempotencyHeaders,
  body: NewOrderSchema,
  response: {
    201: OrderSchema,
    ...orderRouteProblems(
      ...BODY_PROBLEMS,
      "product-unknown",
      "item-sold-out",
      "option-sold-out",
      "too-few-options",
      "too-many-options",
      "slot-required",
      "order-total-too-high",
      "payment-method-unavailable",
      "terminal-busy",
      "too-many-unpaid-orders",
      "idempotency-key-reused",
      "request-in-progress",
    ),
  },
};

export function registerPlaceOrder(app: App, { placeOrder }: Ordering): void {
  app.post("/orders", { config: { access: ORDERERS }, schema }, async (request, reply) => {
    const caller = callerOf(request);
    const placed = await placeOrder({
      request: requestOf(request.body, caller),
      key: requestKeyOf(request, caller),
      traceparent: request.traceparent,
    });
    if (!placed.ok) throw problemOf(placed.refusal);
    const { order, isReplay } = placed.value;
    if (isReplay) reply.headers(REPLAYED);
    reply.code(201).header("location", `/orders/${order.id}`);
    return renderOrder(order, "full");
  });
}

function requestOf(body: NewOrderBody, caller: Caller) {
  return {
    ...ownerOf(caller),
    lines: body.items.map(lineOf),
    method: body.payment_method,
    deviceId: deviceIdOf(caller, body.device_id),
    placedAs: actorOf(caller).role,
    serviceMode: body.service_mode ?? "dine_in",
    customerName: body.customer_name === undefined ? null : tidy(body.customer_name),
    tableLabel: body.table === undefined ? null : tidy(body.table),
    priority: body.priority ?? false,
  } as const;
}

function lineOf(item: NewOrderBody["items"][number]): RequestedLine {
  return {
    productId: item.product_id,
    quantity: item.quantity,
    comment: item.comment === undefined ? undefined : tidy(item.comment),
    options: item.options,
    without: item.without,
    slots: item.slots?.map(({ slot_id, product_id, options, without }) => ({
      slotId: slot_id,
      productId: product_id,
      options,
      without,
    })),
  };
}
