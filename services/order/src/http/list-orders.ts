import { noteShown } from "@comanda/audit";
import { ORDER_PAYMENT_STATUSES, ORDER_STATUSES } from "@comanda/contracts";
import { isId } from "@comanda/primitives";
import {
  type App,
  callerOf,
  EVERYBODY,
  houseProblem,
  IdSchema,
  InstantSchema,
  PageOf,
  pageQuery,
} from "@comanda/service-kit";
import { Type } from "typebox";
import type { Order } from "../domain/order.ts";
import type { Ordering } from "../ordering.ts";
import { type ListPosition, listOrders } from "../storage/orders.ts";
import { viewerOf } from "./order-caller.ts";
import { orderRouteProblems } from "./order-problems.ts";
import { OrderSchema } from "./order-schema.ts";
import { renderOrder } from "./render-order.ts";

const schema = {
  operationId: "list-orders",
  summary: "Orders, newest first",
  description:
    "A customer's own, ordered while signed in; what was given by a CPF alone is there with that very token. For staff all of them, for the kitchen those that were paid, for the panel those on the board. Filters combine; kitchen and panel may not ask by `customer_id`.",
  tags: ["orders"],
  querystring: Type.Object({
    status: Type.Optional(Type.Enum(ORDER_STATUSES)),
    payment_status: Type.Optional(Type.Enum(ORDER_PAYMENT_STATUSES)),
    customer_id: Type.Optional(IdSchema),
    from: Type.Optional(Type.String({ ...InstantSchema, description: "Placed at or after" })),
    to: Type.Optional(Type.String({ ...InstantSchema, description: "Placed before" })),
    ...pageQuery,
  }),
  response: { 200: PageOf(OrderSchema), ...orderRouteProblems() },
};

export function registerListOrders(app: App, { db }: Ordering): void {
  app.get("/orders", { config: { access: EVERYBODY, audit: "list-orders" }, schema }, async (request, reply) => {
    const viewer = viewerOf(callerOf(request));
    const { status, payment_status, customer_id, from, to, limit, cursor } = request.query;
    // Who ordered is what kitchen and panel are not told.
    if (viewer.view !== "full" && customer_id !== undefined) throw houseProblem("forbidden");
    // To look after orders is the work; to look after one person is something else.
    if (customer_id === undefined) request.audit.leaveOut();
    const found = await listOrders(db, {
      viewer,
      status,
      paymentStatus: payment_status,
      customerId: customer_id,
      from: instantOf(from, "from"),
      to: instantOf(to, "to"),
      after: cursor === undefined ? undefined : positionOf(cursor),
      // One more than asked tells whether there is a next page.
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    noteShown(request, { items: page, about: customer_id });
    reply.header("cache-control", "no-store");
    return {
      items: await Promise.all(page.map((order) => renderOrder(order, viewer.view))),
      next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
    };
  });
}

/** @throws HttpProblem validation-failed: a leap second has the right form and is no instant of ours */
function instantOf(text: string | undefined, field: string): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw badQuery(field, "is not an instant");
  return at;
}

function cursorOf({ createdAt, id }: Order): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString("base64url");
}

/** @throws HttpProblem validation-failed for a cursor that none of our pages gave out */
function positionOf(cursor: string): ListPosition {
  const [ms = "", id = ""] = Buffer.from(cursor, "base64url").toString("utf8").split(" ");
  if (!/^\d{1,14}$/.test(ms) || !isId(id)) throw badQuery("cursor", "is not a cursor of this list");
  return { createdAt: new Date(Number(ms)), id };
}

function badQuery(field: string, message: string) {
  return houseProblem("validation-failed", { extensions: { errors: [{ path: `/querystring/${field}`, message }] } });
}
