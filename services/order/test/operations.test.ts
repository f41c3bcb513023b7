import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTestLog, waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QR } from "./fake-payment.ts";
import { APPROVED, type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
const { log, lines } = createTestLog("order");
beforeAll(async () => {
  harness = await startOrderingHarness({ log });
});
afterAll(() => harness.close());

async function figure(name: string): Promise<number> {
  const text = (await harness.call("GET", "/metrics")).body;
  return Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
}

describe("figures", () => {
  it("when orders wait that should not, then an alarm can see them", async () => {
    expect(await figure("order_paid_not_started")).toBe(0);
    await harness.paid();
    await harness.placed({ payment_method: "qr" });
    expect(await figure("order_unpaid_past_expiry")).toBe(0);
    harness.clock.advanceSeconds(900);
    expect(await figure("order_paid_not_started")).toBe(1);
    expect(await figure("order_unpaid_past_expiry")).toBe(1);
  });

  it("when payment is away, then the age of the oldest event grows", async () => {
    harness.payment.mode = "down";
    await harness.placed();
    await waitFor(async () => (await figure("order_oldest_unsent_event_seconds")) > 0);
    harness.payment.mode = "up";
  });
});

describe("alarms", () => {
  it("when the rules name a figure of order, then the service shows it", async () => {
    const rules = readFileSync(join(import.meta.dirname, "../../../docs/alerts.yml"), "utf8");
    const shown = (await harness.call("GET", "/metrics")).body;
    const named = new Set(rules.match(/\border_[a-z_]+/g));
    expect(named.size).toBeGreaterThan(4);
    for (const name of named) expect(shown, name).toContain(`# TYPE ${name} gauge`);
  });
});

describe("logs", () => {
  // Style P5: what is in an order and who is behind it never reaches a log, on good ways and bad ones.
  it("when orders are placed, paid, repeated and refused, then nothing of the guest is in the log", async () => {
    const canaries = ["Canária da Silva", "sem canário", "mesa-canario", "chave-canaria"];
    const [customer_name, comment, table, key] = canaries;
    const guest = await harness.as("customer");
    const headers = { ...guest, "idempotency-key": key ?? "" };
    const order = {
      items: [{ product_id: harness.productId, quantity: 1, comment }],
      payment_method: "qr",
      customer_name,
      table,
    };
    const { id, payment } = await harness.placed(order, headers);
    await harness.place({ ...order, priority: true }, headers);
    await harness.place({ ...order, payment_method: "terminal" }, guest);
    await harness.place({ ...order, oops: customer_name }, guest);
    harness.payment.mode = "down";
    await harness.place(order, guest);
    harness.payment.mode = "up";
    await harness.receive(harness.payment.move(payment?.id ?? "", { ...APPROVED, amount_cents: 1 }), { customer_name });
    await harness.call("POST", `/orders/${id}/cancel`, { headers: guest, payload: { reason: customer_name } });
    const text = lines.join("");
    expect(text).toContain("payment did not answer in time");
    for (const secret of [...canaries, QR, guest.authorization.slice(7)]) expect(text).not.toContain(secret);
  });
});
