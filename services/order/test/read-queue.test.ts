import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OrderAnswer } from "../src/http/order-schema.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

async function queue(kind: "kitchen" | "panel" | "counter"): Promise<OrderAnswer[]> {
  const headers = await harness.as({ role: "device", kind });
  return (await harness.call("GET", "/orders/queue", { headers })).json().items;
}

describe("readQueue", () => {
  it("when orders stand in every status, then ready comes first, then preparing, then paid; nothing else", async () => {
    const make = async (difference: Record<string, unknown> = {}, ...steps: string[]) => {
      harness.clock.advanceSeconds(1);
      const { id } = await harness.paid(difference);
      for (const status of steps) await harness.patch(id, { status });
      return id;
    };
    const paidOld = await make();
    const paidNew = await make();
    const paidPriority = await make({ priority: true });
    const preparing = await make({}, "preparing");
    const readyOld = await make({}, "preparing", "ready_for_pickup");
    const readyPriority = await make({ priority: true }, "preparing", "ready_for_pickup");
    await make({}, "preparing", "ready_for_pickup", "delivered");
    await make({}, "cancelled");
    await harness.placed();
    const expected = [readyPriority, readyOld, preparing, paidPriority, paidOld, paidNew];
    expect((await queue("kitchen")).map(({ id }) => id)).toEqual(expected);
  });

  it("when kitchen and panel look, then they see no price, no payment and no customer; the counter does", async () => {
    for (const kind of ["kitchen", "panel"] as const) {
      const text = JSON.stringify(await queue(kind));
      for (const word of ["cents", '"payment":', "qr_code", "customer_id"]) expect(text).not.toContain(word);
      // What is in an order is the kitchen's affair; a public screen calls numbers.
      expect(text.includes("X-Salada")).toBe(kind === "kitchen");
    }
    expect((await queue("counter"))[0]).toMatchObject({ total_cents: 4290, payment: { method: "counter" } });
  });

  it("when a guest wrote of an allergy, then the kitchen reads it and the public panel does not", async () => {
    await harness.paid({
      items: [{ product_id: harness.productId, quantity: 1, comment: "alergia a amendoim, cuidado" }],
    });
    expect(JSON.stringify(await queue("kitchen"))).toContain("amendoim");
    const seen = await queue("panel");
    expect(JSON.stringify(seen)).not.toContain("amendoim");
    expect(seen.flatMap(({ items }) => items)).toEqual([]);
  });
});
