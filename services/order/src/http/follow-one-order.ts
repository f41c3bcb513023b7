import { type App, houseProblem, IdParams } from "@comanda/service-kit";
import { canSee } from "../domain/visibility.ts";
import { readFeed, readFeedEnd } from "../storage/order-feed.ts";
import { fillStream } from "./fill-stream.ts";
import type { Followed } from "./follow-orders.ts";
import { admit, FOLLOWERS_OF_ONE, lastEventIdOf, streamQuery, streamResponses } from "./stream-access.ts";
import type { Streaming } from "./streaming.ts";

const schema = {
  operationId: "follow-one-order",
  summary: "One order, live",
  description:
    "Wants a token in the header or a ticket in the address. Begins with how it stands, or, after `Last-Event-ID`, with what was missed. `data` is the order as it stands, its " +
    "`version` rises.",
  tags: ["live"],
  params: IdParams,
  querystring: streamQuery,
  response: streamResponses,
};

export function registerFollowOneOrder(app: App, streaming: Streaming): void {
  const { db, loadOrders, renderJson, viewerOf } = streaming;
  const options = { config: { access: "public" as const }, schema, exposeHeadRoute: false };

  app.get("/orders/:id/events", options, async (request, reply) => {
    const { caller, place } = admit(request, { ...streaming, grants: FOLLOWERS_OF_ONE });
    const viewer = viewerOf(caller);
    const orderId = request.params.id.toLowerCase();
    const [order] = await loadOrders([orderId]).catch((error: unknown) => {
      place.leave();
      throw error;
    });
    // Somebody else's order is answered like one that does not exist.
    if (order === undefined || !canSee(order, viewer)) {
      place.leave();
      throw houseProblem("not-found");
    }
    const followed: Followed = {
      readEnd: () => readFeedEnd(db),
      readMissed: (after, limit) => readFeed(db, { after, limit, orderId }),
      readState: () => loadOrders([orderId]),
      loadOrders,
      isWanted: ({ id }) => id === orderId,
      render: (changed) => renderJson(changed, viewer.view),
    };
    return fillStream({ ...streaming, request, reply, place, followed, lastEventId: lastEventIdOf(request) });
  });
}
