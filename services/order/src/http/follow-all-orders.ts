import type { App } from "@comanda/service-kit";
import { hearsOf } from "../domain/visibility.ts";
import { readFeed, readFeedEnd } from "../storage/order-feed.ts";
import { fillStream } from "./fill-stream.ts";
import type { Followed } from "./follow-orders.ts";
import { admit, FOLLOWERS_OF_ALL, lastEventIdOf, streamQuery, streamResponses } from "./stream-access.ts";
import type { Streaming } from "./streaming.ts";

const schema = {
  operationId: "follow-all-orders",
  summary: "All orders, live",
  description:
    "Wants a token in the header or a ticket in the address. Begins with how things stand (the queue), or, after `Last-Event-ID`, with what was missed. `data` is the order as " +
    "it stands, its `version` rises. Kitchen and panel get no unpaid order, no price and no payment; the panel not even what is in it.",
  tags: ["live"],
  querystring: streamQuery,
  response: streamResponses,
};

export function registerFollowAllOrders(app: App, streaming: Streaming): void {
  const { db, loadOrders, loadQueue, renderJson, viewerOf } = streaming;
  const options = { config: { access: "public" as const }, schema, exposeHeadRoute: false };

  app.get("/orders/events", options, async (request, reply) => {
    const { caller, place } = admit(request, { ...streaming, grants: FOLLOWERS_OF_ALL });
    const viewer = viewerOf(caller);
    const followed: Followed = {
      readEnd: () => readFeedEnd(db),
      readMissed: (after, limit) => readFeed(db, { after, limit }),
      readState: loadQueue,
      loadOrders,
      isWanted: (order) => hearsOf(order, viewer),
      render: (order) => renderJson(order, viewer.view),
    };
    return fillStream({ ...streaming, request, reply, place, followed, lastEventId: lastEventIdOf(request) });
  });
}
