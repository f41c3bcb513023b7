import { type App, callerOf, FreeText, IdParams, Nullable } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Ordering } from "../ordering.ts";
import { answerOnce } from "../use-cases/answer-once.ts";
import { changeOrderStatus } from "../use-cases/change-status.ts";
import { noteOrder } from "./note-order.ts";
import { actorOf, isGuest, ORDER_KEEPERS, viewerOf } from "./order-caller.ts";
import { orderRouteProblems, problemOf } from "./order-problems.ts";
import { OrderSchema } from "./order-schema.ts";
import { renderOrder } from "./render-order.ts";
import { IdempotencyHeaders, REPLAYED, requestKeyOf } from "./request-key.ts";

const schema = {
  operationId: "cancel-order",
  summary: "Call an order off",
  description:
    "Its guest while nothing is started and at most two minutes after paying; the counter by the table of transitions. Money that was paid goes back by itself.",
  tags: ["orders"],
  params: IdParams,
  headers: IdempotencyHeaders,
  // A guest need not say why; then there may be no body at all.
  body: Nullable(Type.Object({ reason: Type.Optional(FreeText({ max: 200 })) }, { examples: [{ reason: "desisti" }] })),
  response: {
    200: OrderSchema,
    ...orderRouteProblems("not-found", "illegal-transition", "idempotency-key-reused", "request-in-progress"),
  },
};

export function registerCancelOrder(app: App, ordering: Ordering): void {
  app.post(
    "/orders/:id/cancel",
    { config: { access: ORDER_KEEPERS, audit: "cancel-order" }, schema },
    async (request, reply) => {
      const caller = callerOf(request);
      const viewer = viewerOf(caller);
      const orderId = request.params.id.toLowerCase();
      const once = { key: requestKeyOf(request, caller), route: `cancel-order ${orderId}`, orderId };
      const answered = await answerOnce(ordering.store.requests, once, async () => {
        const cancelled = await changeOrderStatus(ordering, {
          orderId,
          to: "cancelled",
          actor: actorOf(caller),
          viewer,
          reason: request.body?.reason,
          traceparent: request.traceparent,
          note: noteOrder(request),
        });
        if (!cancelled.ok) throw problemOf(cancelled.refusal, { isGuest: isGuest(caller) });
        return renderOrder(cancelled.value, viewer.view);
      });
      if (!answered.ok) throw problemOf(answered.refusal);
      if (answered.value.isReplay) reply.headers(REPLAYED);
      return answered.value.answer;
    },
  );
}
