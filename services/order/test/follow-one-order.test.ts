import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";
import { eventually, listen, openStream, type StreamReader } from "./streams.ts";

let harness: OrderingHarness;
let address: string;
const open: StreamReader[] = [];

beforeAll(async () => {
  harness = await startOrderingHarness();
  address = await listen(harness.service);
});
afterAll(async () => {
  for (const stream of open) stream.close();
  await harness.close();
});

async function follow(id: string, headers: Record<string, string> = {}, query = ""): Promise<StreamReader> {
  const stream = await openStream(`${address}/orders/${id}/events${query}`, headers);
  open.push(stream);
  return stream;
}
const names = (stream: StreamReader) => stream.events.map(({ name }) => name);
const guest = async () => harness.as({ role: "customer", level: "anonymous", subject: newId() });

describe("follow one order", () => {
  it("when its guest listens, then it begins with how things stand and tells what happens", async () => {
    const headers = await guest();
    const order = await harness.placed({}, headers);
    const stream = await follow(order.id, headers);
    expect(stream.status).toBe(200);
    expect(stream.headers.get("cache-control")).toBe("no-store");
    await eventually(() => stream.events.length === 1);
    expect(stream.events[0]).toMatchObject({ name: "order.requested", data: { id: order.id, status: "requested" } });

    await harness.call("POST", `/orders/${order.id}/cancel`, { headers, payload: {} });
    await eventually(() => names(stream).includes("order.cancelled"));
    expect(stream.events.at(-1)?.data).toMatchObject({ id: order.id, status: "cancelled", total_cents: 4290 });
    expect(new Set(stream.events.map(({ id }) => id)).size).toBe(stream.events.length);
  });

  it("when the line broke, then what was missed comes after Last-Event-ID, and nothing twice", async () => {
    const headers = await guest();
    const order = await harness.paid({}, headers);
    const first = await follow(order.id, headers);
    await eventually(() => first.events.length > 0);
    const last = first.events.at(-1)?.id ?? "";
    first.close();
    for (const status of ["preparing", "ready_for_pickup"]) await harness.patch(order.id, { status });

    for (const [resume, query] of [
      [{ "last-event-id": last }, ""],
      [{}, `?last_event_id=${last}`],
    ] as const) {
      const stream = await follow(order.id, { ...headers, ...resume }, query);
      await eventually(() => names(stream).includes("order.ready_for_pickup"));
      expect(names(stream).filter((name) => name === "order.preparing")).toHaveLength(1);
      expect(names(stream).filter((name) => name === "order.ready_for_pickup")).toHaveLength(1);
      stream.close();
    }
  });

  it.each(["nonsense", "1-", "99999999999999999999999-1", "18446744073709551615-1", "-1-1", "%00"])(
    "when Last-Event-ID is %j, which we never gave, then it begins with how things stand",
    async (id) => {
      const headers = await guest();
      const order = await harness.placed({}, headers);
      const stream = await follow(order.id, { ...headers, "last-event-id": id });
      await eventually(() => stream.events.length > 0);
      expect(stream.events[0]?.name).toBe("order.requested");
    },
  );

  // Style E7: who may not read an order must not learn that it exists.
  it("when it is another's order, then the same 404 as for one that does not exist", async () => {
    const order = await harness.placed({}, await guest());
    const headers = { ...(await guest()), "x-request-id": "the-same-for-both" };
    const foreign = await openStream(`${address}/orders/${order.id}/events`, headers);
    const unknownId = newId();
    const missing = await openStream(`${address}/orders/${unknownId}/events`, headers);
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    expect(await foreign.problem()).toEqual({
      ...(await missing.problem()),
      instance: `/orders/${order.id}/events`,
    });
  });

  it("when it was ordered by a CPF, then another token of the same person does not open it", async () => {
    const subject = newId();
    const headers = await harness.as({ role: "customer", level: "identified", subject });
    const order = await harness.placed({}, headers);
    const own = await follow(order.id, headers);
    expect(own.status).toBe(200);
    const other = await follow(order.id, await harness.as({ role: "customer", level: "identified", subject }));
    expect(other.status).toBe(404);
  });

  it("when staff listens, then it sees it; the kitchen without prices and payment", async () => {
    const order = await harness.paid();
    const admin = await follow(order.id, await harness.as("admin"));
    const kitchen = await follow(order.id, await harness.as({ role: "device", kind: "kitchen" }));
    await eventually(() => admin.events.length > 0 && kitchen.events.length > 0);
    expect(admin.events[0]?.data["total_cents"]).toBe(4290);
    const text = JSON.stringify(kitchen.events[0]?.data);
    expect(text).not.toContain("_cents");
    expect(text).not.toContain('payment":');
    expect(text).not.toContain("customer_id");
  });

  it("when a caller holds 20 streams, then the next is refused with 429 until one closes", async () => {
    const headers = await guest();
    const order = await harness.placed({}, headers);
    const held = await Promise.all(Array.from({ length: 20 }, () => follow(order.id, headers)));
    expect(held.every(({ status }) => status === 200)).toBe(true);
    const refused = await follow(order.id, headers);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect((await refused.problem()).code).toBe("too-many-streams");
    held[0]?.close();
    await eventually(async () => (await follow(order.id, headers)).status === 200);
  });

  // Between the look at who asks and the open stream the order is read: none may slip through meanwhile.
  it("when a caller opens 30 streams at one moment, then 20 are given, and a look at nothing takes no place", async () => {
    const headers = await guest();
    const order = await harness.placed({}, headers);
    const denied = await Promise.all(Array.from({ length: 20 }, () => follow(newId(), headers)));
    expect(denied.map(({ status }) => status)).toEqual(Array(20).fill(404));
    const streams = await Promise.all(Array.from({ length: 30 }, () => follow(order.id, headers)));
    const given = streams.filter(({ status }) => status === 200);
    expect([given.length, streams.filter(({ status }) => status === 429).length]).toEqual([20, 10]);
    for (const stream of given) stream.close();
    await eventually(async () => (await follow(order.id, headers)).status === 200);
  });

  it("when the access token is over, then so is the stream", async () => {
    const subject = newId();
    const long = await harness.as({ role: "customer", level: "anonymous", subject });
    const order = await harness.placed({}, long);
    const short = await harness.as({ role: "customer", level: "anonymous", subject, expiresInSeconds: 2 });
    const stream = await follow(order.id, short);
    expect(stream.status).toBe(200);
    await eventually(() => stream.isOver());
  });
});
