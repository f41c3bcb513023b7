import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

const STATION = { role: "device", kind: "kitchen" } as const;

async function twoLines() {
  const line = { product_id: harness.productId, quantity: 1 };
  const order = await harness.paid({ items: [line, line] });
  const [first = "", second = ""] = order.items.map(({ id }) => id);
  const step = async (item: string, status: string, who: Parameters<typeof harness.as>[0] = STATION) =>
    harness.call("PATCH", `/orders/${order.id}/items/${item}`, { headers: await harness.as(who), payload: { status } });
  return { order, first, second, step };
}

describe("changeOrderItem", () => {
  it("when lines are made one by one, then the order follows: preparing at the first, ready at the last", async () => {
    const { order, first, second, step } = await twoLines();
    expect((await step(first, "started")).json()).toMatchObject({ status: "preparing", version: order.version + 1 });
    expect((await step(first, "done")).json().status).toBe("preparing");
    const ready = (await step(second, "done")).json();
    expect(ready).toMatchObject({ status: "ready_for_pickup", items: [{ status: "done" }, { status: "done" }] });
    expect(ready.items[0]).not.toHaveProperty("unit_price_cents");
    expect(ready).not.toHaveProperty("total_cents");
    expect(ready).not.toHaveProperty("payment");
  });

  it("when a start is undone within 30 s, then the order is paid again; later it is not", async () => {
    const early = await twoLines();
    await early.step(early.first, "started");
    harness.clock.advanceSeconds(30);
    expect((await early.step(early.first, "queued")).json().status).toBe("paid");

    const late = await twoLines();
    await late.step(late.first, "started");
    harness.clock.advanceSeconds(31);
    const answer = await late.step(late.first, "queued");
    expect(answer.json()).toMatchObject({ status: 409, code: "illegal-transition", from: "preparing" });
    expect((await harness.look(late.order.id)).items[0]?.status).toBe("started");
  });

  it("when every line is refused, then the order is, and its money goes back", async () => {
    const { first, second, step } = await twoLines();
    expect((await step(first, "refused")).json().status).toBe("paid");
    expect((await step(second, "refused")).json()).toMatchObject({
      status: "rejected",
      payment_status: "refund_pending",
    });
  });

  it("when a finished line is called back, then the ready order is preparing again", async () => {
    const { first, second, step } = await twoLines();
    await step(first, "done");
    await step(second, "done");
    expect((await step(second, "started")).json().status).toBe("preparing");
  });

  it("when the order is unpaid, then no line of it can be started", async () => {
    const { id, items } = await harness.placed();
    const headers = await harness.as(STATION);
    const url = `/orders/${id}/items/${items[0]?.id}`;
    const answer = await harness.call("PATCH", url, { headers, payload: { status: "started" } });
    expect(answer.json()).toMatchObject({ status: 409, code: "illegal-transition", allowed: [] });
  });

  it("when the line is unknown, then nothing is found; a cashier may not", async () => {
    const { order, first, step } = await twoLines();
    expect((await step(order.id, "started")).statusCode).toBe(404);
    expect((await step(first, "started", "cashier")).statusCode).toBe(403);
  });
});
