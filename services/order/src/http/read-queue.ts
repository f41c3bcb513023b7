import { type App, callerOf, type Grant, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Ordering } from "../ordering.ts";
import { loadQueue } from "../storage/orders.ts";
import { viewerOf } from "./order-caller.ts";
import { orderRouteProblems } from "./order-problems.ts";
import { OrderSchema } from "./order-schema.ts";
import { renderOrder } from "./render-order.ts";

const WATCHERS = [...STAFF, "device:kitchen", "device:panel", "device:counter"] as const satisfies readonly Grant[];

const schema = {
  operationId: "read-queue",
  summary: "What is to be called, made and begun",
  description: "Ready first, then preparing, then paid; within each, priority first, then the oldest.",
  tags: ["orders"],
  response: { 200: Type.Object({ items: Type.Array(OrderSchema) }), ...orderRouteProblems() },
};

export function registerReadQueue(app: App, { db }: Ordering): void {
  app.get("/orders/queue", { config: { access: WATCHERS }, schema }, async (request, reply) => {
    const { view } = viewerOf(callerOf(request));
    const orders = await loadQueue(db);
    reply.header("cache-control", "no-store");
    return { items: await Promise.all(orders.map((order) => renderOrder(order, view))) };
  });
}
