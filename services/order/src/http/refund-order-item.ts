import { type App, callerOf, FreeText, IdSchema } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Ordering } from "../ordering.ts";
import { refundItem } from "../use-cases/refund-line.ts";
import { noteOrder } from "./note-order.ts";
import { actorOf, viewerOf } from "./order-caller.ts";
import { BODY_PROBLEMS, orderRouteProblems, problemOf } from "./order-problems.ts";
import { OrderSchema } from "./order-schema.ts";
import { etagOf } from "./order-version.ts";
import { renderOrder } from "./render-order.ts";

const schema = {
  operationId: "refund-order-item",
  summary: "Give back what a refused line cost",
  description:
    "For a line that the kitchen refused, once the guest wants nothing else instead; the rest of the order goes on. Orders from a phone do it by themselves three minutes after the refusal. Repeating it changes nothing.",
  tags: ["orders"],
  params: Type.Object({ id: IdSchema, item_id: IdSchema }),
  body: Type.Optional(Type.Union([Type.Object({ reason: Type.Optional(FreeText({ max: 200 })) }), Type.Null()])),
  response: {
    200: OrderSchema,
    ...orderRouteProblems(...BODY_PROBLEMS, "not-found", "item-not-refundable"),
  },
};

/** `POST /orders/{id}/items/{item_id}/refund` */
export function registerRefundOrderItem(app: App, ordering: Ordering): void {
  const access = ["cashier", "manager", "admin"] as const;
  const config = { access, audit: "refund-order-item" } as const;
  app.post("/orders/:id/items/:item_id/refund", { config, schema }, async (request, reply) => {
    const caller = callerOf(request);
    const viewer = viewerOf(caller);
    const lineId = request.params.item_id.toLowerCase();
    request.audit.add({ details: { item: lineId } });
    const refunded = await refundItem(ordering, {
      orderId: request.params.id,
      lineId,
      actor: actorOf(caller),
      viewer,
      reason: request.body?.reason,
      traceparent: request.traceparent,
      note: noteOrder(request),
    });
    if (!refunded.ok) throw problemOf(refunded.refusal);
    reply.header("etag", etagOf(refunded.value));
    return renderOrder(refunded.value, viewer.view);
  });
}
