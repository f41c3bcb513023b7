import type { Caller } from "@comanda/service-kit";
import type { Kysely } from "kysely";
import type { Order } from "../domain/order.ts";
import type { View, Viewer } from "../domain/visibility.ts";
import type { LoadOrders, OrderFeed } from "../storage/order-feed-reader.ts";
import type { OrderTables } from "../storage/schema.ts";
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
  readonly isRevoked: (caller: Caller) => boolean;
};

/** What each stream route gets. */
export type Streaming = StreamRoutesDeps & {
  readonly streams: OpenStreams;
  /** The order as JSON; made once for all who see the same of it. */
  readonly renderJson: (order: Order, view: View) => Promise<string>;
};

/** One of it for the whole process. */
export function createStreaming(deps: StreamRoutesDeps): Streaming {
  return { ...deps, streams: createOpenStreams(deps.isRevoked), renderJson: renderOnce(deps.renderOrder) };
}

function renderOnce(render: StreamRoutesDeps["renderOrder"]): Streaming["renderJson"] {
  const rendered: Record<View, WeakMap<Order, Promise<string>>> = {
    full: new WeakMap(),
    kitchen: new WeakMap(),
    panel: new WeakMap(),
  };
  return (order, view) => {
    const known = rendered[view].get(order);
    if (known !== undefined) return known;
    const json = render(order, view).then((answer) => JSON.stringify(answer));
    rendered[view].set(order, json);
    return json;
  };
}
