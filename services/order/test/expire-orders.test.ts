import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { APPROVED, type OrderingHarness, startOrderingHarness, TEST_TIMES } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness({ times: { ...TEST_TIMES, sweepEveryMs: 20 } });
  // A second process beside it: no timer may assume that it is alone.
  await harness.another();
});
beforeEach(() => {
  harness.payment.mode = "up";
});
afterAll(() => harness.close());

const becomes = (id: string, status: string) => waitFor(async () => (await harness.look(id)).status === status);

describe("expireOrders", () => {
  it("when the time is over, then payment closes the charge first and the order ends", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" });
    harness.clock.advanceSeconds(899);
    const other = await harness.placed({ payment_method: "qr" });
    harness.clock.advanceSeconds(1);
    await becomes(id, "cancelled");
    expect(harness.payment.charges.get(payment?.id ?? "")?.status).toBe("cancelled");
    expect((await harness.look(other.id)).status).toBe("requested");
    const headers = await harness.as("admin");
    const { items } = (await harness.call("GET", `/orders/${id}/tracking`, { headers })).json();
    expect(items.map(({ status, by }: { status: string; by: string }) => `${status} by ${by}`)).toEqual([
      "requested by customer",
      "cancelled by clock",
    ]);
  });

  it("when the guest paid in the last second, then the order is paid and not expired", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" });
    harness.payment.move(payment?.id ?? "", APPROVED);
    harness.clock.advanceSeconds(900);
    await becomes(id, "paid");
  });

  const lateWord = async (id: string, paymentId: string, afterSeconds: number) => {
    harness.clock.advanceSeconds(afterSeconds);
    await harness.receive(harness.payment.move(paymentId, APPROVED));
    return harness.look(id);
  };
  const reasons = (id: string) =>
    harness.payment.events
      .filter(({ type, subject }) => type === "comanda.order.payment_cancelled" && subject === id)
      .map(({ data }) => Reflect.get(Object(data), "reason"));

  it("when money comes within five minutes of the end, then the order is paid after all (T21)", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" });
    harness.clock.advanceSeconds(900);
    await becomes(id, "cancelled");
    expect(await lateWord(id, payment?.id ?? "", 290)).toMatchObject({ status: "paid", payment_status: "approved" });
    expect(reasons(id)).toEqual([]);
  });

  it("when money comes later than five minutes after the end, then it goes back", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" });
    harness.clock.advanceSeconds(900);
    await becomes(id, "cancelled");
    expect(await lateWord(id, payment?.id ?? "", 310)).toMatchObject({ status: "cancelled" });
    await waitFor(() => reasons(id).includes("paid_too_late"));
  });

  it("when a person had ended the order, then money that comes after its time goes back", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" });
    await harness.patch(id, { status: "cancelled" });
    await waitFor(() => reasons(id).includes("order_cancelled"));
    expect(await lateWord(id, payment?.id ?? "", 1_000)).toMatchObject({ status: "cancelled" });
    await waitFor(() => reasons(id).includes("paid_too_late"));
  });

  it("when payment does not answer, then the order waits, and ends when it does", async () => {
    const { id } = await harness.placed({ payment_method: "qr" });
    harness.payment.mode = "down";
    harness.clock.advanceSeconds(900);
    const { rows } = await harness.database.pool.query("select clock_timestamp() as at");
    // At least one sweep has gone by when an order placed after it, without a charge to close, would have been seen.
    await waitFor(
      async () =>
        (await harness.database.pool.query("select clock_timestamp() - $1 > interval '100 ms' as over", [rows[0].at]))
          .rows[0].over,
    );
    expect((await harness.look(id)).status).toBe("requested");
    harness.payment.mode = "up";
    await becomes(id, "cancelled");
  });

  it("when payment never heard of the charge, then the order ends all the same", async () => {
    harness.payment.mode = "down";
    const { id } = await harness.placed({ payment_method: "qr" });
    harness.payment.mode = "up";
    harness.clock.advanceSeconds(900);
    await becomes(id, "cancelled");
  });
});

describe("markUnclaimed", () => {
  it("when nobody comes for 40 minutes, then the order leaves the panel; a late guest still gets the food", async () => {
    const { id } = await harness.paid();
    await harness.patch(id, { status: "ready_for_pickup" });
    harness.clock.advanceSeconds(40 * 60);
    await becomes(id, "unclaimed");
    expect((await harness.patch(id, { status: "delivered" }, "cashier")).json().status).toBe("delivered");
  });
});
