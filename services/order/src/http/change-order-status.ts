import { ORDER_STATUSES } from "@comanda/contracts";
import { type App, callerOf, FreeText, IdParams } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Ordering } from "../ordering.ts";
import { problem } from "../problems.ts";
import { changeOrderStatus } from "../use-cases/change-status.ts";
import { noteOrder } from "./note-order.ts";
import { actorOf, viewerOf } from "./order-caller.ts";
import { BODY_PROBLEMS, orderRouteProblems, problemOf } from "./order-problems.ts";
import { OrderSchema } from "./order-schema.ts";
import { etagOf, IfMatchHeaders, seenVersionOf } from "./order-version.ts";
import { renderOrder } from "./render-order.ts";

const MOVERS = ["kitchen", "cashier", "manager", "admin", "device:kitchen"] as const;

const schema = {
  operationId: "change-order-status",
  summary: "Move an order on",
  description:
    "Who may do what is one table; anything else is 409 `illegal-transition` with what is `allowed`. Nobody can write `paid`: only payment's word does.",
  tags: ["orders"],
  params: IdParams,
  headers: IfMatchHeaders,
  body: Type.Object(
    {
      status: Type.Enum([...ORDER_STATUSES, "created"], {
        description: "`created` is the old word for `requested`",
      }),
      reason: Type.Optional(FreeText({ max: 200 })),
      expected_version: Type.Optional(Type.Integer({ minimum: 1, description: "The version last seen" })),
    },
    { examples: [{ status: "preparing", expected_version: 3 }] },
  ),
  response: {
    200: OrderSchema,
    ...orderRouteProblems(
      ...BODY_PROBLEMS,
      "not-found",
      "illegal-transition",
      "payment-not-approved",
      "version-conflict",
      "precondition-failed",
    ),
  },
};

export function registerChangeOrderStatus(app: App, ordering: Ordering): void {
  app.patch(
    "/orders/:id",
    { config: { access: MOVERS, audit: "change-order-status" }, schema },
    async (request, reply) => {
      const caller = callerOf(request);
      const viewer = viewerOf(caller);
      const { status, reason } = request.body;
      // The kitchen's steps stand in the order's own tracking; what gives money back stands in the trail as well.
      const givesBack = status === "cancelled" || status === "rejected";
      if (givesBack) request.audit.add({ details: { status } });
      else request.audit.leaveOut();
      const seen = seenVersionOf(request, request.body.expected_version);
      const changed = await changeOrderStatus(ordering, {
        orderId: request.params.id,
        to: status === "created" ? "requested" : status,
        actor: actorOf(caller),
        viewer,
        reason,
        expectedVersion: seen.version,
        traceparent: request.traceparent,
        note: givesBack ? noteOrder(request) : undefined,
      });
      if (!changed.ok) {
        if (changed.refusal.code === "version-conflict" && seen.isHeader) throw problem("precondition-failed");
        throw problemOf(changed.refusal);
      }
      reply.header("etag", etagOf(changed.value));
      return renderOrder(changed.value, viewer.view);
    },
  );
}
