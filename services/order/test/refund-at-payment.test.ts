import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

/** The money goes back by somebody's word at payment; the order service only hears of it. */
async function refund(orderId: string, status: "refund_pending" | "refunded"): Promise<void> {
  const charge = harness.payment.chargeOf(orderId);
  const refunded_cents = status === "refunded" ? 4290 : 0;
  await harness.receive(harness.payment.move(charge?.payment_id ?? "", { status, refunded_cents }));
}

async function queued(orderId: string): Promise<boolean> {
  const headers = await harness.as("kitchen");
  const { items } = (await harness.call("GET", "/orders/queue", { headers })).json();
  return items.some(({ id }: { id: string }) => id === orderId);
}

async function tracking(orderId: string): Promise<string[]> {
  const headers = await harness.as("admin");
  const { items } = (await harness.call("GET", `/orders/${orderId}/tracking`, { headers })).json();
  return items.map(({ status, by }: { status: string; by: string }) => `${status} by ${by}`);
}

describe("a refund made at payment", () => {
  // Invariant I3.
  it("when nothing was started, then the order ends, leaves the queue and cannot be started", async () => {
    const { id } = await harness.paid();
    expect(await queued(id)).toBe(true);
    await refund(id, "refunded");
    expect(await harness.look(id)).toMatchObject({ status: "refunded", payment_status: "refunded" });
    expect(await queued(id)).toBe(false);
    expect((await harness.patch(id, { status: "preparing" }, "kitchen")).statusCode).toBe(409);
    expect(await tracking(id)).toEqual([
      "requested by customer",
      "paid by payment",
      "cancelled by payment",
      "refunded by payment",
    ]);
  });

  it("when it is on its way, then the order is off the queue and 409 says why it cannot be started", async () => {
    const { id } = await harness.paid();
    await refund(id, "refund_pending");
    expect(await queued(id)).toBe(false);
    const started = await harness.patch(id, { status: "preparing" }, "kitchen");
    expect(started.json()).toMatchObject({ status: 409, code: "payment-not-approved" });
    const line = (await harness.look(id)).items[0]?.id;
    const headers = await harness.as("kitchen");
    const stepped = await harness.call("PATCH", `/orders/${id}/items/${line}`, {
      headers,
      payload: { status: "started" },
    });
    expect(stepped.json()).toMatchObject({ status: 409, code: "payment-not-approved" });
    await refund(id, "refunded");
    expect((await harness.look(id)).status).toBe("refunded");
  });

  // T22.
  it.each(["preparing", "ready_for_pickup"])("when it is %s already, then only the money changes", async (status) => {
    const { id } = await harness.paid();
    await harness.patch(id, { status });
    await refund(id, "refunded");
    expect(await harness.look(id)).toMatchObject({ status, payment_status: "refunded" });
    expect(await queued(id)).toBe(true);
  });

  // T20.
  it("when staff calls off what was started and all is back, then it is refunded, not cancelled for ever", async () => {
    const { id } = await harness.paid();
    await harness.patch(id, { status: "preparing" });
    await refund(id, "refunded");
    const headers = await harness.as("manager");
    const cancelled = await harness.call("POST", `/orders/${id}/cancel`, { headers });
    expect(cancelled.json()).toMatchObject({ status: "refunded", payment_status: "refunded" });
    expect((await tracking(id)).slice(-2)).toEqual(["cancelled by manager", "refunded by payment"]);
  });
});
