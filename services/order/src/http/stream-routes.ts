import type { App, Caller } from "@comanda/service-kit";
import type { Kysely } from "kysely";
import type { Order } from "../domain/order.ts";
import type { View, Viewer } from "../domain/visibility.ts";
import type { LoadOrders, OrderFeed } from "../storage/order-feed-reader.ts";
import type { OrderTables } from "../storage/schema.ts";
import { registerFollowAllOrders } from "./follow-all-orders.ts";
import { registerFollowOneOrder } from "./follow-one-order.ts";
import { registerIssueStreamTicket } from "./issue-stream-ticket.ts";
import { createOpenStreams, type OpenStreams } from "./open-streams.ts";
import type { StreamTickets } from "./stream-ticket.ts";

/** What the live streams need. */
export type StreamRoutesDeps = {
  readonly db: Kysely<OrderTables>;
  readonly feed: OrderFeed;
  readonly tickets: StreamTickets;
  readonly loadOrders: LoadOrders;
  readonly loadQueue: () => Promise<readonly Order[]>;
  readonly renderOrder: (order: Order, view: View) => Promise<unknown>;
  readonly viewerOf: (caller: Caller) => Viewer;
};

/** What each stream route gets. */
export type Streaming = StreamRoutesDeps & {
  readonly streams: OpenStreams;
  /** The order as JSON; made once for all who see the same of it. */
  readonly renderJson: (order: Order, view: View) => Promise<string>;
};

/** The live streams of orders and their tickets. */
export function registerStreamRoutes(app: App, deps: StreamRoutesDeps): void {
  const streams = createOpenStreams();
  const streaming = { ...deps, streams, renderJson: renderOnce(deps.renderOrder) };
  registerIssueStreamTicket(app, deps.tickets);
  registerFollowAllOrders(app, streaming);
  registerFollowOneOrder(app, streaming);
  // An open stream would hold up the end of the process for ever.
  app.addHook("preClose", async () => streams.closeAll());
}

function renderOnce(render: StreamRoutesDeps["renderOrder"]): Streaming["renderJson"] {
  const rendered: Record<View, WeakMap<Order, Promise<string>>> = { full: new WeakMap(), kitchen: new WeakMap() };
  return (order, view) => {
    const known = rendered[view].get(order);
    if (known !== undefined) return known;
    const json = render(order, view).then((answer) => JSON.stringify(answer));
    rendered[view].set(order, json);
    return json;
  };
}
