import { type App, callerOf, EVERYBODY, houseProblem, IdParams } from "@comanda/service-kit";
import { canSee } from "../domain/visibility.ts";
import type { Ordering } from "../ordering.ts";
import { loadOrder } from "../storage/orders.ts";
import { viewerOf } from "./order-caller.ts";
import { orderRouteProblems } from "./order-problems.ts";
import { OrderSchema } from "./order-schema.ts";
import { etagOf } from "./order-version.ts";
import { renderOrder } from "./render-order.ts";

const schema = {
  operationId: "read-order",
  summary: "One order",
  tags: ["orders"],
  params: IdParams,
  response: { 200: OrderSchema, ...orderRouteProblems("not-found") },
};

export function registerReadOrder(app: App, { db }: Ordering): void {
  app.get("/orders/:id", { config: { access: EVERYBODY }, schema }, async (request, reply) => {
    const viewer = viewerOf(callerOf(request));
    const order = await loadOrder(db, request.params.id);
    if (order === null || !canSee(order, viewer)) throw houseProblem("not-found");
    reply.header("etag", etagOf(order)).header("cache-control", "no-store");
    return renderOrder(order, viewer.view);
  });
}
