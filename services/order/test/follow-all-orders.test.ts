import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OrderService } from "../src/app.ts";
import { makeProduct } from "./menu-builders.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";
import { eventually, listen, openStream, type ReceivedEvent, type StreamReader } from "./streams.ts";

let harness: OrderingHarness;
let address: string;
let free: string;
const open: StreamReader[] = [];

beforeAll(async () => {
  harness = await startOrderingHarness();
  address = await listen(harness.service);
  free = (await makeProduct(harness, { name: "Copo de água", price_cents: 0 })).id;
});
afterAll(async () => {
  for (const stream of open) stream.close();
  await harness.close();
});

async function follow(headers: Record<string, string>): Promise<StreamReader> {
  const stream = await openStream(`${address}/orders/events`, headers);
  open.push(stream);
  return stream;
}

/** An order that costs nothing and so is paid at once. */
const placeFree = async (headers?: Record<string, string>) =>
  harness.placed({ items: [{ product_id: free, quantity: 1 }] }, headers);
/** Until each stream has told of an order: what happens from then on comes as a change, and is not part of its start. */
const underWay = async (streams: readonly StreamReader[], id: string) => {
  for (const stream of streams) await eventually(() => about(stream, id).length > 0);
};
const about = (stream: StreamReader, id: string) => stream.events.filter(({ data }) => data["id"] === id);

describe("follow all orders", () => {
  it("when it begins, then with the queue; what happens comes after it", async () => {
    const [one, two] = [await placeFree(), await placeFree()];
    const stream = await follow(await harness.as("cashier"));
    await eventually(() => about(stream, one.id).length === 1 && about(stream, two.id).length === 1);
    const ids = stream.events.map(({ id }) => id);
    // Only the last of the queue says where to resume: a line that breaks before it begins anew.
    expect(ids.slice(0, -1).every((id) => id === "")).toBe(true);
    expect(ids.at(-1)).toMatch(/^\d+-\d+$/);

    await harness.patch(one.id, { status: "preparing" });
    await eventually(() => about(stream, one.id).at(-1)?.name === "order.preparing");
    expect(about(stream, two.id)).toHaveLength(1);
  });

  it("when kitchen or panel listens, then it gets no unpaid order, no price and no person", async () => {
    const kitchen = await follow(await harness.as({ role: "device", kind: "kitchen" }));
    const panel = await follow(await harness.as({ role: "device", kind: "panel" }));
    const cashier = await follow(await harness.as("cashier"));
    await underWay([kitchen, panel, cashier], (await placeFree()).id);
    const unpaid = await harness.placed();
    const paid = await placeFree();
    await underWay([kitchen, panel, cashier], paid.id);
    await eventually(() => about(cashier, unpaid.id).length > 0);
    for (const stream of [kitchen, panel]) {
      expect(about(stream, unpaid.id)).toEqual([]);
      const text = JSON.stringify(about(stream, paid.id));
      expect(text).not.toContain("_cents");
      expect(text).not.toContain("customer_id");
    }
  });

  it("when a guest wrote of an allergy, then the kitchen hears of it and the public panel does not", async () => {
    const kitchen = await follow(await harness.as({ role: "device", kind: "kitchen" }));
    const panel = await follow(await harness.as({ role: "device", kind: "panel" }));
    await underWay([kitchen, panel], (await placeFree()).id);
    const items = [{ product_id: harness.productId, quantity: 1, comment: "alergia a amendoim" }];
    const { id } = await harness.paid({ items });
    await eventually(() => about(kitchen, id).length > 0 && about(panel, id).length > 0);
    expect(JSON.stringify(about(kitchen, id))).toContain("amendoim");
    expect(JSON.stringify(about(panel, id))).not.toContain("amendoim");
  });

  it("when a totem listens, then it gets what it sent itself", async () => {
    const subject = newId();
    const headers = await harness.as({ role: "device", kind: "kiosk", subject });
    const stream = await follow(headers);
    await underWay([stream], (await placeFree(headers)).id);
    const foreign = await placeFree();
    const own = await harness.placed({}, headers);
    await eventually(() => about(stream, own.id).length > 0);
    expect(about(stream, foreign.id)).toEqual([]);
  });

  // EV-02, seen from the outside: lines break, two processes write at once, and still each change comes once.
  it("when 200 orders change at once and the line breaks again and again, then nothing is lost or doubled", async () => {
    const other = await harness.another();
    const orders = await Promise.all(Array.from({ length: 200 }, placeFree));
    const headers = await harness.as("admin");
    const first = await follow(headers);
    await eventually(() => first.events.at(-1)?.id !== "" && first.events.length > 0);
    let last = first.events.at(-1)?.id ?? "";
    first.close();

    const received: ReceivedEvent[] = [];
    let isWriting = true;
    const reading = (async () => {
      for (let round = 0; ; round += 1) {
        const wasWriting = isWriting;
        const stream = await follow({ ...headers, "last-event-id": last });
        const enough = 5 + (round % 7) * 9;
        await eventually(() => stream.events.length >= enough || !isWriting);
        if (!wasWriting)
          await eventually(async () => received.length + stream.events.length >= (await countAfter(start)));
        stream.close();
        // Taken after the close: what arrives later than this is as if it had never come.
        received.push(...stream.events);
        last = stream.events.at(-1)?.id ?? last;
        if (!wasWriting) return;
      }
    })();

    const start = last;
    await change(
      orders.map(({ id }) => id),
      [harness.service, other],
    );
    isWriting = false;
    await reading;

    const expected = await rowsAfter(start);
    expect(expected.length).toBeGreaterThanOrEqual(600);
    expect(received.map(({ id, name }) => `${id} ${name}`)).toEqual(expected);
  });

  it("when the service stops, then its streams end", async () => {
    const other = await harness.another();
    const url = await listen(other);
    const stream = await openStream(`${url}/orders/events`, await harness.as("admin"));
    expect(stream.status).toBe(200);
    await other.app.close();
    await eventually(() => stream.isOver());
  });
});

/** Brings every order to the guest, through both processes, many at a time. */
async function change(ids: readonly string[], services: readonly OrderService[]): Promise<void> {
  const headers = await harness.as("admin");
  await Promise.all(
    ids.map(async (id, index) => {
      const service = services[index % services.length];
      for (const status of ["preparing", "ready_for_pickup", "delivered"]) {
        const answer = await service?.app.inject({
          method: "PATCH",
          url: `/orders/${id}`,
          headers,
          payload: { status },
        });
        if (answer?.statusCode !== 200) throw new Error(`not moved: ${answer?.body}`);
      }
    }),
  );
}

async function rowsAfter(position: string): Promise<string[]> {
  const [tx, id] = position.split("-");
  const { rows } = await harness.database.pool.query(
    "select tx::text, id, status from order_feed where (tx, id) > ($1::text::xid8, $2::bigint) order by order_feed.tx, order_feed.id",
    [tx, id],
  );
  return rows.map((row) => `${row.tx}-${row.id} order.${row.status}`);
}

const countAfter = async (position: string) => (await rowsAfter(position)).length;
