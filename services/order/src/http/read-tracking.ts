import { ORDER_STATUSES } from "@comanda/contracts";
import { type App, callerOf, EVERYBODY, houseProblem, IdParams, InstantSchema } from "@comanda/service-kit";
import { Type } from "typebox";
import { ACTOR_ROLES } from "../domain/order.ts";
import { canSee } from "../domain/visibility.ts";
import type { Ordering } from "../ordering.ts";
import { loadTracking } from "../storage/order-feed.ts";
import { loadOrder } from "../storage/orders.ts";
import { viewerOf } from "./order-caller.ts";
import { orderRouteProblems } from "./order-problems.ts";

const Step = Type.Object({ status: Type.Enum(ORDER_STATUSES), at: InstantSchema, by: Type.Enum(ACTOR_ROLES) });

const schema = {
  operationId: "read-tracking",
  summary: "What an order went through, oldest first",
  tags: ["orders"],
  params: IdParams,
  response: { 200: Type.Object({ items: Type.Array(Step) }), ...orderRouteProblems("not-found") },
};

export function registerReadTracking(app: App, { db }: Ordering): void {
  app.get("/orders/:id/tracking", { config: { access: EVERYBODY }, schema }, async (request, reply) => {
    const order = await loadOrder(db, request.params.id);
    if (order === null || !canSee(order, viewerOf(callerOf(request)))) throw houseProblem("not-found");
    const steps = await loadTracking(db, order.id);
    reply.header("cache-control", "no-store");
    return {
      items: steps.map(({ status, at, by }) => ({
        status,
        at: at.toISOString(),
        by: by as (typeof ACTOR_ROLES)[number],
      })),
    }; // only actor roles are written
  });
}
