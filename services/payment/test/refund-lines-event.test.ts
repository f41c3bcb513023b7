import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, orderEvent, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

async function paid(items: readonly Record<string, unknown>[]) {
  await harness.faults({ refund_delay_ms: 20 });
  const charge = await harness.request({ amount_cents: 4_000, items });
  await harness.pay({ qr_code: charge.qr_code });
  await harness.becomes(charge.id, "approved");
  return charge;
}
const wish = (charge: { id: string; order_id: string }, lineId: string) =>
  orderEvent("refund_requested", {
    payment_id: charge.id,
    order_id: charge.order_id,
    items: [{ id: lineId, quantity: 2 }],
    amount_cents: 3_000,
    reason: "item_refused",
  });

describe("the order asks lines back", () => {
  it("when the event comes three times, then the line goes back once, and the order hears what is on its way", async () => {
    const line = newId();
    const charge = await paid([{ id: line, title: "X-Salada", quantity: 2, unit_price_cents: 1_500 }]);
    for (let time = 0; time < 3; time += 1) {
      expect((await harness.sendEvents([wish(charge, line)])).json().results).toMatchObject([{ outcome: "done" }]);
    }
    const { refunds } = await harness.becomes(charge.id, "partially_refunded");
    expect(refunds).toMatchObject([{ amountCents: 3_000, lines: [{ itemId: line, quantity: 2 }], status: "done" }]);
    const told = () => harness.receiver.events.filter(({ type }) => type === "comanda.payment.refund_pending");
    await expect
      .poll(told, { timeout: 10_000 })
      .toMatchObject([{ data: { refunded_cents: 0, refunding_cents: 3_000 } }]);
  });

  it("when the charge is from before lines had names, then what they cost goes back", async () => {
    const charge = await paid([{ title: "X-Salada", quantity: 2, unit_price_cents: 1_500 }]);
    await harness.sendEvents([wish(charge, newId())]);
    const { refunds } = await harness.becomes(charge.id, "partially_refunded");
    expect(refunds).toMatchObject([{ amountCents: 3_000, lines: [] }]);
  });

  it("when a part is on its way and the rest is asked for, then the order hears of that, too", async () => {
    const charge = await paid([{ id: newId(), title: "X-Salada", quantity: 2, unit_price_cents: 1_500 }]);
    await harness.faults({ refund_delay_ms: 2_000 });
    const refund = (body: unknown) => harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin", body });
    await refund({ amount_cents: 500 });
    await refund({});
    const told = () =>
      harness.receiver.events
        .map(({ data }) => data as Record<string, unknown>) // events are objects with data
        .filter(({ payment_id: id, status }) => id === charge.id && status === "refund_pending")
        .map(({ refunding_cents: cents }) => cents);
    await expect.poll(told, { timeout: 10_000 }).toEqual([500, 4_000]);
  });
});
