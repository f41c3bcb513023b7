import type { EventStream, StreamEvent } from "@comanda/service-kit";
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
  readonly render: (order: Order) => string;
};

/** Who was away for longer than this many changes is told how things stand instead. */
const MISSED_MAX = 1000;

/**
 * Fills a stream: first what was missed since `lastEventId` (or how things stand, without a usable one), then what
 * happens. The feed is listened to from before the first look and what it tells meanwhile is kept, so between the two
 * nothing is lost; positions only ever rise, so nothing comes twice.
 * @returns the end of following, to be called when the stream closes, and the work of catching up
 */
export function followOrders(options: {
  readonly feed: OrderFeed;
  readonly followed: Followed;
  readonly stream: EventStream;
  readonly lastEventId: string | undefined;
}): { readonly stop: () => void; readonly caughtUp: Promise<void> } {
  const { feed, followed, stream } = options;
  let told: FeedPosition | null = null;
  let kept: FeedChange[] = [];

  function tell(change: FeedChange): void {
    if (told === null) {
      kept.push(change);
      return;
    }
    if (!isAfter(change.position, told)) return;
    told = change.position;
    if (followed.isWanted(change.order)) stream.send(eventOf(change, followed));
  }

  const stop = feed.subscribe(tell);

  async function catchUp(): Promise<void> {
    const { start, changes } = await readBeginning(options);
    told = start;
    changes.forEach(tell);
    const meanwhile = kept;
    kept = [];
    meanwhile.forEach(tell);
  }

  return { stop, caughtUp: catchUp() };
}

/** Sends the state if that is what the reader gets; else gives the changes it missed. */
async function readBeginning(options: {
  readonly followed: Followed;
  readonly stream: EventStream;
  readonly lastEventId: string | undefined;
}): Promise<{ readonly start: FeedPosition; readonly changes: readonly FeedChange[] }> {
  const { followed, stream } = options;
  // Taken before the state is read: what happens in between comes again as a change, rather than never.
  const end = await followed.readEnd();
  const last = parsePosition(options.lastEventId);
  // A place that lies ahead is from another life of the database.
  if (last !== null && !isAfter(last, end)) {
    const { rows } = await followed.readMissed(last, MISSED_MAX + 1);
    if (rows.length <= MISSED_MAX) return { start: last, changes: await loadChanges(rows, followed.loadOrders) };
  }
  const orders = (await followed.readState()).filter(followed.isWanted);
  for (const [index, order] of orders.entries()) {
    // Only the last one says where to go on: who loses the line before it begins anew.
    const id = index === orders.length - 1 ? positionText(end) : "";
    stream.send({ id, name: `order.${order.status}`, data: followed.render(order) });
  }
  return { start: end, changes: [] };
}

function eventOf({ position, status, order }: FeedChange, followed: Followed): StreamEvent {
  return { id: positionText(position), name: `order.${status}`, data: followed.render(order) };
}
