import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness, TEST_TIMES } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness({ times: { ...TEST_TIMES, sweepEveryMs: 20 } });
  await harness.another();
});
afterAll(() => harness.close());

const KIOSK = { role: "device", kind: "kiosk" } as const;

/** A paid order of two lines, the first of them refused by the kitchen. */
async function refused(who?: Parameters<OrderingHarness["as"]>[0]) {
  const line = { product_id: harness.productId, quantity: 1 };
  const order = await harness.paid({ items: [line, line] }, who === undefined ? undefined : await harness.as(who));
  const [first = "", second = ""] = order.items.map(({ id }) => id);
  const headers = await harness.as("kitchen");
  const step = (item: string, status: string) =>
    harness.call("PATCH", `/orders/${order.id}/items/${item}`, { headers, payload: { status } });
  expect((await step(first, "refused")).statusCode).toBe(200);
  return { order, first, second, step };
}

const refund = async (id: string, item: string) =>
  harness.call("POST", `/orders/${id}/items/${item}/refund`, { headers: await harness.as("cashier") });
const asked = (id: string) =>
  harness.payment.events.filter(({ type, subject }) => type.endsWith(".refund_requested") && subject === id);

describe("refundOrderItem", () => {
  it("when the cashier gives a refused line back, then payment is asked once, and the rest is made", async () => {
    const { order, first, second, step } = await refused(KIOSK);
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(order.id, first)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(5).fill(200));
    await waitFor(() => asked(order.id).length > 0);
    expect(asked(order.id)).toMatchObject([
      {
        data: {
          payment_id: order.payment?.id,
          order_id: order.id,
          items: [{ id: first, quantity: 1 }],
          amount_cents: 2145,
          reason: "item_refused",
        },
      },
    ]);
    const paymentId = harness.payment.chargeOf(order.id)?.payment_id ?? "";
    await harness.receive(harness.payment.move(paymentId, { status: "refund_pending", refunding_cents: 2145 }));
    expect(await harness.look(order.id)).toMatchObject({ status: "paid", payment_status: "refund_pending" });
    const headers = await harness.as("kitchen");
    const queue = (await harness.call("GET", "/orders/queue", { headers })).json();
    expect(queue.items.map(({ id }: { id: string }) => id)).toContain(order.id);
    expect((await step(second, "started")).json().status).toBe("preparing");
    const done = { status: "partially_refunded", refunded_cents: 2145, refunding_cents: 0 } as const;
    await harness.receive(harness.payment.move(paymentId, done));
    expect(await harness.look(order.id)).toMatchObject({ status: "preparing", payment_status: "partially_refunded" });
    expect((await step(first, "queued")).json()).toMatchObject({ status: 409, code: "illegal-transition" });
  });

  it("when the line was not refused, then 409; when it is another order's, then 404", async () => {
    const { order, second } = await refused(KIOSK);
    expect((await refund(order.id, second)).json()).toMatchObject({ status: 409, code: "item-not-refundable" });
    expect((await refund(order.id, order.id)).statusCode).toBe(404);
  });

  it("when nobody does so, then three minutes later a phone order does it by itself, and a totem's does not", async () => {
    const phone = await refused();
    const kiosk = await refused(KIOSK);
    harness.clock.advanceSeconds(179);
    expect((await harness.look(phone.order.id)).items[0]).toMatchObject({ refund_asked_at: null });
    harness.clock.advanceSeconds(2);
    await waitFor(() => asked(phone.order.id).length > 0);
    expect(asked(phone.order.id)).toHaveLength(1);
    expect((await harness.look(phone.order.id)).items[0]?.refund_asked_at).toEqual(expect.any(String));
    expect(asked(kiosk.order.id)).toEqual([]);
  });

  it("when the line is called back in time, then nothing goes back", async () => {
    const { order, first, step } = await refused();
    const other = await refused();
    harness.clock.advanceSeconds(170);
    expect((await step(first, "queued")).statusCode).toBe(200);
    harness.clock.advanceSeconds(20);
    await waitFor(() => asked(other.order.id).length > 0);
    expect(asked(order.id)).toEqual([]);
  });
});
