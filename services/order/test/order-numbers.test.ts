import { createGatherer } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dropOldSequences } from "../src/storage/order-numbers.ts";
import { type Placement, placeOrders } from "../src/storage/place-orders.ts";
import { aCharge, aLine, anOrder } from "./order-builders.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

describe("the number that is called", () => {
  // Invariant I12.
  it("when two processes take orders at once, then no number comes twice", async () => {
    const other = await harness.another();
    const headers = await harness.as("customer");
    const payload = { items: [{ product_id: harness.productId, quantity: 1 }], payment_method: "counter" };
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_each, index) =>
        (index % 2 === 0 ? harness.app : other.app).inject({ method: "POST", url: "/orders", headers, payload }),
      ),
    );
    const numbers = answers.map((answer) => answer.json().number);
    expect(new Set(numbers).size).toBe(100);
    expect(Math.min(...numbers)).toBe(1);
  });

  it("when it is 05:00 in São Paulo, then numbers begin anew, above those still being called", async () => {
    harness.clock.set(new Date("2026-03-12T07:59:00.000Z"));
    const { id, number } = await harness.paid();
    expect(number).toBeGreaterThan(1);
    harness.clock.set(new Date("2026-03-12T08:00:00.000Z"));
    const night = await harness.placed();
    expect(night.number).toBeGreaterThan(number);

    await harness.database.pool.query("update orders set status = 'delivered'");
    expect((await harness.look(id)).status).toBe("delivered");
    harness.clock.set(new Date("2026-03-13T12:00:00.000Z"));
    expect((await harness.placed()).number).toBe(1);
  });

  it("when days are long gone, then their sequences go", async () => {
    const { pool } = harness.database;
    const names = async () =>
      (
        await pool.query(
          "select relname from pg_class where relkind = 'S' and relname like 'order_number_%' order by 1",
        )
      ).rows.map(({ relname }) => relname);
    expect(await names()).toContain("order_number_20260310");
    await dropOldSequences(pool, "2026-03-18");
    expect(await names()).not.toContain("order_number_20260310");
    expect(await names()).toContain("order_number_20260313");
  });
});

describe("placeOrders", () => {
  const placement = (difference: Partial<Placement> = {}): Placement => ({
    order: anOrder({
      id: newId(),
      businessDay: "2026-03-13",
      lines: [{ ...aLine(), id: newId() }],
      charges: [aCharge({ paymentId: newId(), method: "counter", status: "created", version: 0 })],
    }),
    placedAs: "customer",
    key: null,
    traceparent: null,
    ...difference,
  });

  it("when one order of a statement is bad, then the statement fails as a whole and leaves nothing", async () => {
    const good = placement();
    const bad = placement({ order: { ...placement().order, customerName: "a\u0000b" } });
    await expect(placeOrders(harness.database.pool, [good, bad])).rejects.toThrow();
    const { rowCount } = await harness.database.pool.query("select 1 from orders where id = $1", [good.order.id]);
    expect(rowCount).toBe(0);
  });

  it("when a bad order is gathered with good ones, then it fails alone", async () => {
    const { pool } = harness.database;
    const gatherer = createGatherer({
      run: (batch: readonly Placement[]) => placeOrders(pool, batch),
      batchMax: 10,
      inFlightMax: 1,
    });
    const bad = placement({ order: { ...placement().order, customerName: "a\u0000b" } });
    const results = await Promise.allSettled([placement(), bad, placement()].map((each) => gatherer.submit(each)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("when the same key comes twice in one statement, then one order is written", async () => {
    const key = { scope: "somebody", key: newId(), fingerprint: "x" };
    const placed = await placeOrders(harness.database.pool, [placement({ key }), placement({ key }), placement()]);
    expect(placed.map(({ number }) => number !== null).filter(Boolean)).toHaveLength(2);
    expect(placed[2]?.number).toBeGreaterThan(0);
  });
});
