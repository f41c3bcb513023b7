import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Change, Order } from "../domain/order.ts";
import type { OrderRecords } from "../storage/order-store.ts";
import type { SavingOptions } from "../storage/save-change.ts";

/** Told after a commit, so that streams look (`isSeen`) and events leave (`hasEvents`) at once. */
export type Announce = (news: { readonly isSeen: boolean; readonly hasEvents: boolean }) => void;

/** What a saved change is announced as. */
export function newsOf({ feed, wishes }: Change): Parameters<Announce>[0] {
  return { isSeen: feed.length > 0, hasEvents: wishes.length > 0 };
}

/** Somebody else was faster this often in a row: no order is that busy. */
const TRIES_MAX = 100;

/**
 * The one way an order changes after it was placed: load, decide, save if it is still as it was, else again from the
 * start. The decision says `null` for nothing to do.
 * @returns the order as it is afterwards
 */
export async function changeOrder<Refusal>(
  records: Pick<OrderRecords, "load" | "save">,
  orderId: Id,
  options: SavingOptions & {
    readonly decide: (order: Order) => Result<Change | null, Refusal>;
    readonly announce: Announce;
  },
): Promise<Result<Order, Refusal | { readonly code: "order-unknown" }>> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const order = await records.load(orderId);
    if (order === null) return refuse({ code: "order-unknown" });
    const decided = options.decide(order);
    if (!decided.ok) return decided;
    if (decided.value === null) return ok(order);
    if (await records.save(decided.value, options)) {
      options.announce(newsOf(decided.value));
      return ok(decided.value.order);
    }
  }
  throw new Error(`order ${orderId} changed under every one of ${TRIES_MAX} tries`);
}
