import type { Id } from "@comanda/primitives";
import type { Change, Order } from "../domain/order.ts";
import type { KeyName, RequestKey, SeenRequest } from "./idempotency-keys.ts";
import type { TrackingEntry } from "./order-feed.ts";
import type { Placed, Placement } from "./place-orders.ts";
import type { SavingOptions } from "./save-change.ts";

/** What is read and written of one order; the same inside a transaction and outside of it. */
export type OrderRecords = {
  readonly load: (id: Id) => Promise<Order | null>;
  /** What the order went through, oldest first. */
  readonly tracking: (id: Id) => Promise<readonly TrackingEntry[]>;
  /**
   * Writes a change of an order, everything of it or nothing: order, lines, charges, feed, events, kept answer.
   * @returns `false` when the order is no longer as it was when the change was decided
   */
  readonly save: (change: Change, options: SavingOptions) => Promise<boolean>;
};

/**
 * Where orders live, as the use-cases see it: PostgreSQL, and in the simulator its model (e2e/simulator), both held to
 * one contract suite. An order is changed only by compare-and-swap on its version.
 */
export type OrderStore = OrderRecords & {
  /** Writes a new order whole: key, order, lines, tracking, charge and event are true together or not at all. */
  readonly place: (placement: Placement) => Promise<Placed>;
  /** Unpaid orders whose time is over, the longest waiting first. */
  readonly findExpired: (now: Date, limit: number) => Promise<readonly Id[]>;
  /** Orders that stood ready before `readyBefore`. */
  readonly findUnclaimed: (readyBefore: Date, limit: number) => Promise<readonly Id[]>;
  /** Phone orders with a line that was refused before `refusedBefore` and whose money nobody has asked back. */
  readonly findRefusedLines: (refusedBefore: Date, limit: number) => Promise<readonly Id[]>;
  /**
   * Runs `effect` in one transaction with the note that `event` was received; not at all when it was received before.
   * What `effect` throws undoes both.
   */
  readonly receiveOnce: (
    event: { readonly consumer: string; readonly eventId: string },
    effect: (records: OrderRecords) => Promise<void>,
  ) => Promise<void>;
  readonly requests: RequestRecords;
};

/** Requests that their senders may repeat. */
export type RequestRecords = {
  readonly find: (name: KeyName) => Promise<SeenRequest | null>;
  /** Notes that a request begins. `false`: it was seen before. */
  readonly begin: (request: RequestKey & { readonly route: string; readonly orderId: string }) => Promise<boolean>;
  /** Takes over a request whose process died on it: begun more than `seconds` ago and never answered. One wins. */
  readonly takeOver: (name: KeyName, seconds: number) => Promise<boolean>;
  /** Keeps the answer for repetitions; the first one stands. */
  readonly keepAnswer: (name: KeyName, answer: unknown) => Promise<void>;
  /** Forgets a request that came to nothing, so that it can be sent again and be judged anew. */
  readonly forget: (name: KeyName) => Promise<void>;
};
