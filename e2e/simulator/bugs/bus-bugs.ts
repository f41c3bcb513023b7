import type { DeliveryAnswer } from "@comanda/messaging";
import { currentCharge } from "../../../services/order/src/domain/order.ts";
import { PAYMENT_REQUESTED, requestOf } from "../../../services/order/src/domain/payment-events.ts";
import type { Planted } from "../services/world.ts";
import { asJson } from "../stores/order-tables.ts";
import { claimedFrom } from "../stores/outbox-table.ts";

/** Mistakes on the way from one service to the other. */
export const BUS_BUGS: readonly Planted[] = [
  {
    name: "ack-first",
    about:
      "events are acknowledged as they arrive and worked on afterwards: a crash or a failure in between loses them",
    receive:
      (receive, { sim }, _at, life) =>
      async (batch, producer) => {
        void life.sleep(sim.dice.between(1, 500)).then(() => receive(batch, producer));
        return batch.map((event) => ({ id: idOf(event), outcome: "done" }));
      },
  },
  {
    name: "publish-first",
    about:
      "payment is told of an order before the order is committed: what is then never committed was said all the same",
    orderStore: (store, world, life) => ({
      ...store,
      place: async (placement) => {
        const charge = currentCharge(placement.order);
        if (charge !== null) {
          const data = { ...requestOf(placement.order, charge), description: "Pedido" };
          const common = { specversion: "1.0", source: "/order", datacontenttype: "application/json" };
          const event = { ...common, id: life.newId(), type: PAYMENT_REQUESTED, subject: placement.order.id };
          const batch = [asJson({ ...event, time: life.now().toISOString(), data })];
          await world.network
            .call(
              { party: "order", life },
              { party: "payment", pick: () => world.payments().pick() },
              { what: "events, early", budgetMs: 1_000, work: (server) => server.receive(batch, "order") },
            )
            .catch(() => []);
        }
        return store.place(placement);
      },
    }),
  },
  {
    name: "no-inbox",
    about: "order neither notes what it received nor compares versions: the last word that arrives wins, however old",
    receive:
      (receive, { orderTables, sim }, at) =>
      async (batch, producer) => {
        if (at === "payment") return receive(batch, producer);
        const anew = batch.map((event) => {
          const copy = asJson(event) as { readonly id: string; readonly data: Told }; // an event of payment
          const known = orderTables.orders
            .get(copy.data.order_id)
            ?.charges.find(({ paymentId }) => paymentId === copy.data.payment_id);
          return { ...copy, id: sim.newId(), data: { ...copy.data, version: (known?.version ?? 0) + 1 } };
        });
        const results = await receive(anew, producer);
        return results.map((result, index) => ({ ...result, id: idOf(batch[index]) }));
      },
  },
  {
    name: "relay-by-cursor",
    about: "order's relay reads `id > last id` instead of what is unsent: what is due or committed later is skipped",
    orderOutbox: (outbox, { orderTables: tables }) => {
      let cursor = 0;
      return {
        ...outbox,
        claim: async ({ limit, leaseMs }) => {
          await outbox.claim({ limit: 0, leaseMs });
          const fresh = tables.outbox.filter(({ seq, availableAt }) => seq > cursor && availableAt <= tables.now());
          const rows = fresh.slice(0, limit);
          cursor = rows.at(-1)?.seq ?? cursor;
          return rows.map(claimedFrom);
        },
      };
    },
  },
  {
    name: "lease-for-ever",
    about: "a relay marks events as its own, and nobody takes them back from a relay that died",
    chargeStore: (store) => ({
      ...store,
      outbox: { ...store.outbox, claim: ({ limit }) => store.outbox.claim({ limit, leaseMs: 365 * 86_400_000 }) },
    }),
  },
  {
    name: "fire-and-forget",
    about: "an event counts as delivered once it was sent, whatever the other side says",
    transport: (deliver) => async (events) => {
      void deliver(events);
      return new Map(events.map(({ id }) => [id, { outcome: "done" } satisfies DeliveryAnswer]));
    },
  },
];

type Told = { readonly order_id: string; readonly payment_id: string; readonly version: number };

function idOf(event: unknown): string {
  return (event as { readonly id: string }).id; // an event of the house
}
