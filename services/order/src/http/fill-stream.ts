import type { FastifyReply, FastifyRequest } from "fastify";
import type { OrderFeed } from "../storage/order-feed-reader.ts";
import { type Followed, followOrders } from "./follow-orders.ts";
import type { StreamPlace } from "./open-streams.ts";

/** Opens the stream and keeps it filled until either side ends it. */
export function fillStream(options: {
  readonly feed: OrderFeed;
  readonly place: StreamPlace;
  readonly request: Pick<FastifyRequest, "log">;
  readonly reply: FastifyReply;
  readonly followed: Followed;
  readonly lastEventId: string | undefined;
}): void {
  const { feed, followed, lastEventId, request } = options;
  let stop: () => void = () => undefined;
  const stream = options.place.open(options.reply, () => stop());
  const onError = (error: unknown) => {
    // The client comes back by itself with its last id and loses nothing.
    request.log.warn({ err: error }, "a live stream could not be filled");
    stream.close();
  };
  stop = followOrders({ feed, followed, stream, lastEventId, onError });
}
