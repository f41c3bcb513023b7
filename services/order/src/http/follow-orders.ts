import type { EventStream } from "@comanda/service-kit";
import { type FeedPosition, isAfter, parsePosition, positionText } from "../domain/feed-position.ts";
import type { Order } from "../domain/order.ts";
import type { FeedPage } from "../storage/order-feed.ts";
import { type FeedChange, type LoadOrders, loadChanges, type OrderFeed } from "../storage/order-feed-reader.ts";

/** What a stream is about, in the words of storage. */
export type Followed = {
  /** The place behind everything that has happened. */
  readonly readEnd: () => Promise<FeedPosition>;
  /** What happened after a place. */
  readonly readMissed: (after: FeedPosition, limit: number) => Promise<FeedPage>;
  /** How things stand: what a reader is told who cannot be told what it missed. */
  readonly readState: () => Promise<readonly Order[]>;
  readonly loadOrders: LoadOrders;
  readonly isWanted: (order: Order) => boolean;
  /** The order as this reader may see it, as JSON. */
  readonly render: (order: Order) => Promise<string>;
};

/** Who was away for longer than this many changes is told how things stand instead. */
const MISSED_MAX = 1000;

/**
 * Fills a stream: first what was missed since `lastEventId` (or how things stand, without a usable one), then what
 * happens. The feed is listened to from before the first look and what it tells meanwhile is kept, so between the two
 * nothing is lost; positions only ever rise, so nothing comes twice.
 * @returns the end of following, to be called when the stream closes
 */
export function followOrders(options: {
  readonly feed: OrderFeed;
  readonly followed: Followed;
  readonly stream: EventStream;
  readonly lastEventId: string | undefined;
  /** Called when the stream cannot be filled any more. */
  readonly onError: (error: unknown) => void;
}): () => void {
  const { feed, followed, stream } = options;
  let told: FeedPosition | null = null;
  let kept: FeedChange[] = [];
  let sent: Promise<void> = Promise.resolve();

  function tell(change: FeedChange): void {
    if (told === null) {
      kept.push(change);
      return;
    }
    if (!isAfter(change.position, told)) return;
    told = change.position;
    if (followed.isWanted(change.order)) say({ ...change, id: positionText(change.position) });
  }

  /** One after the other: an order may take a moment to render, and the next one must not overtake it. */
  function say({ id, status, order }: { id: string; status: string; order: Order }): void {
    sent = sent
      .then(async () => stream.send({ id, name: `order.${status}`, data: await followed.render(order) }))
      .catch(options.onError);
  }

  const subscription = feed.subscribe(tell);

  async function catchUp(): Promise<void> {
    // Looking back before the feed is under way would leave a gap between the two.
    await subscription.ready;
    const { start, state, changes } = await readBeginning(followed, options.lastEventId);
    for (const [index, order] of state.entries()) {
      // Only the last one says where to go on: who loses the line before it begins anew.
      say({ id: index === state.length - 1 ? positionText(start) : "", status: order.status, order });
    }
    told = start;
    changes.forEach(tell);
    const meanwhile = kept;
    kept = [];
    meanwhile.forEach(tell);
  }

  catchUp().catch(options.onError);
  return subscription.stop;
}

type Beginning = {
  readonly start: FeedPosition;
  readonly state: readonly Order[];
  readonly changes: readonly FeedChange[];
};

/** What was missed, or, for a reader that cannot be told, how things stand. */
async function readBeginning(followed: Followed, lastEventId: string | undefined): Promise<Beginning> {
  // Taken before the state is read: what happens in between comes again as a change, rather than never.
  const end = await followed.readEnd();
  const last = parsePosition(lastEventId);
  // A place that lies ahead is from another life of the database.
  if (last !== null && !isAfter(last, end)) {
    const { rows } = await followed.readMissed(last, MISSED_MAX + 1);
    if (rows.length <= MISSED_MAX) {
      return { start: last, state: [], changes: await loadChanges(rows, followed.loadOrders) };
    }
  }
  return { start: end, state: (await followed.readState()).filter(followed.isWanted), changes: [] };
}
