import { type App, callerOf, FreeText, IdSchema } from "@comanda/service-kit";
import { Type } from "typebox";
import { LINE_STATUSES } from "../domain/order.ts";
import type { Ordering } from "../ordering.ts";
import { changeItem } from "../use-cases/change-item.ts";
import { noteOrder } from "./note-order.ts";
import { actorOf, viewerOf } from "./order-caller.ts";
import { BODY_PROBLEMS, orderRouteProblems, problemOf } from "./order-problems.ts";
import { OrderSchema } from "./order-schema.ts";
import { etagOf } from "./order-version.ts";
import { renderOrder } from "./render-order.ts";

const STATIONS = ["kitchen", "manager", "admin", "device:kitchen"] as const;

const schema = {
  operationId: "change-order-item",
  summary: "Move one line of an order",
  description:
    "What a kitchen station does. The order moves by itself: the first started line makes it `preparing`, the last done one `ready_for_pickup`; back to `queued` within 30 s undoes a start.",
  tags: ["orders"],
  params: Type.Object({ id: IdSchema, item_id: IdSchema }),
  body: Type.Object(
    {
      status: Type.Enum(LINE_STATUSES),
      reason: Type.Optional(FreeText({ max: 200 })),
      expected_version: Type.Optional(Type.Integer({ minimum: 1 })),
    },
    { examples: [{ status: "started" }] },
  ),
  response: {
    200: OrderSchema,
    ...orderRouteProblems(
      ...BODY_PROBLEMS,
      "not-found",
      "illegal-transition",
      "payment-not-approved",
      "version-conflict",
    ),
  },
};

export function registerChangeOrderItem(app: App, ordering: Ordering): void {
  app.patch(
    "/orders/:id/items/:item_id",
    { config: { access: STATIONS, audit: "change-order-item" }, schema },
    async (request, reply) => {
      const caller = callerOf(request);
      const viewer = viewerOf(caller);
      const { status, reason, expected_version } = request.body;
      const lineId = request.params.item_id.toLowerCase();
      // Of a refused line the money goes back, by itself on the phone; of an order without any other, all of it.
      const givesBack = status === "refused";
      if (givesBack) request.audit.add({ details: { item: lineId, item_status: status } });
      else request.audit.leaveOut();
      const changed = await changeItem(ordering, {
        orderId: request.params.id,
        lineId,
        to: status,
        actor: actorOf(caller),
        viewer,
        reason,
        expectedVersion: expected_version,
        traceparent: request.traceparent,
        note: givesBack ? noteOrder(request) : undefined,
      });
      if (!changed.ok) throw problemOf(changed.refusal);
      reply.header("etag", etagOf(changed.value));
      return renderOrder(changed.value, viewer.view);
    },
  );
}
