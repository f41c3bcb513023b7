import type { Change } from "../../../services/order/src/domain/order.ts";
import { PLACE_ROUTE } from "../../../services/order/src/storage/idempotency-keys.ts";
import type { OrderRecords, OrderStore } from "../../../services/order/src/storage/order-store.ts";
import type { Planted } from "../services/world.ts";
import { beginWriting, commit, say } from "../stores/order-tables.ts";

/** Mistakes in how order keeps what it decided. */
export const ORDER_BUGS: readonly Planted[] = [
  {
    name: "no-compare-and-swap-order",
    about: "order writes what it decided without looking whether the order is still as it was",
    orderStore: (store) =>
      savingBy(store, (records) => async (change, options) => {
        const present = await records.load(change.before.id);
        const before = { ...change.before, version: present?.version ?? change.before.version };
        return records.save({ ...change, before }, options);
      }),
  },
  {
    name: "dual-write",
    about: "order commits its change, and writes the events that belong to it afterwards",
    orderStore: (store, world, life) => ({
      ...store,
      save: async (change, options) => {
        if (!(await store.save({ ...change, wishes: [] }, options))) return false;
        if (change.wishes.length === 0) return true;
        const { order, wishes } = change;
        return life.effect("order.save-events", () => {
          const writing = beginWriting();
          for (const wish of wishes) say(world.orderTables, writing, { order, wish, traceparent: options.traceparent });
          commit(world.orderTables, writing);
          return true;
        });
      },
    }),
  },
  {
    name: "key-beside-the-order",
    about: "the idempotency key is looked up before and written after the order, not with it",
    orderStore: (store) => ({
      ...store,
      place: async (placement) => {
        const { key, order } = placement;
        if (key === null) return store.place(placement);
        const known = await store.requests.find({ scope: key.scope, route: PLACE_ROUTE, key: key.key });
        if (known !== null) return { number: null };
        const placed = await store.place({ ...placement, key: null });
        await store.requests.begin({ ...key, route: PLACE_ROUTE, orderId: order.id });
        return placed;
      },
    }),
  },
  {
    name: "no-owner-filter",
    about: "whoever knows the id of an order may act on it as if it were theirs",
    viewer: () => ({ sees: "all", view: "full" }),
  },
  {
    name: "money-kept",
    about: "an order ends, or is paid twice or too late, and nobody is asked to give the money back",
    orderStore: (store) =>
      savingBy(store, (records) => (change, options) => {
        const wishes = change.wishes.filter((wish) => wish.kind !== "release" || wish.reason === "method_changed");
        return records.save({ ...change, wishes } satisfies Change, options);
      }),
  },
  {
    name: "no-expiry",
    about: "nobody ends orders whose time to be paid is over",
    without: ["expiry"],
  },
];

/** The store with another way to save, in transactions too. */
function savingBy(store: OrderStore, saveOf: (records: OrderRecords) => OrderRecords["save"]): OrderStore {
  return {
    ...store,
    save: saveOf(store),
    receiveOnce: (event, effect) =>
      store.receiveOnce(event, (records) => effect({ ...records, save: saveOf(records) })),
  };
}
