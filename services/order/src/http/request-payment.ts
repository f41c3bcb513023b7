import { PAYMENT_METHODS } from "@comanda/contracts";
import { type App, callerOf, IdParams } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Ordering } from "../ordering.ts";
import { answerOnce } from "../use-cases/answer-once.ts";
import { requestPayment } from "../use-cases/request-payment.ts";
import { actorOf, deviceIdOf, ORDER_KEEPERS, viewerOf } from "./order-caller.ts";
import { BODY_PROBLEMS, orderRouteProblems, problemOf } from "./order-problems.ts";
import { DeviceId, OrderSchema } from "./order-schema.ts";
import { renderOrder } from "./render-order.ts";
import { IdempotencyHeaders, REPLAYED, requestKeyOf } from "./request-key.ts";

const schema = {
  operationId: "request-payment",
  summary: "Pay another way, or try again",
  description:
    "After expiry, refusal or a change of mind. The charge before is closed first, so that an order never has two live ones; when it turns out to be paid, the answer is 409 `already-paid`.",
  tags: ["orders"],
  params: IdParams,
  headers: IdempotencyHeaders,
  body: Type.Object(
    { payment_method: Type.Enum(PAYMENT_METHODS), device_id: DeviceId },
    { examples: [{ payment_method: "qr" }] },
  ),
  response: {
    201: OrderSchema,
    ...orderRouteProblems(
      ...BODY_PROBLEMS,
      "not-found",
      "already-paid",
      "order-not-payable",
      "charge-still-open",
      "payment-method-unavailable",
      "terminal-busy",
      "payment-service-unavailable",
      "idempotency-key-reused",
      "request-in-progress",
    ),
  },
};

export function registerRequestPayment(app: App, ordering: Ordering): void {
  app.post("/orders/:id/payment", { config: { access: ORDER_KEEPERS }, schema }, async (request, reply) => {
    const caller = callerOf(request);
    const viewer = viewerOf(caller);
    const orderId = request.params.id.toLowerCase();
    const once = { key: requestKeyOf(request, caller), route: `request-payment ${orderId}`, orderId };
    const answered = await answerOnce(ordering.store.requests, once, async () => {
      const requested = await requestPayment(ordering, {
        orderId,
        method: request.body.payment_method,
        deviceId: deviceIdOf(caller, request.body.device_id),
        actor: actorOf(caller),
        viewer,
        traceparent: request.traceparent,
      });
      if (!requested.ok) throw problemOf(requested.refusal);
      return renderOrder(requested.value, viewer.view);
    });
    if (!answered.ok) throw problemOf(answered.refusal);
    if (answered.value.isReplay) reply.headers(REPLAYED);
    return reply.code(201).send(answered.value.answer);
  });
}
