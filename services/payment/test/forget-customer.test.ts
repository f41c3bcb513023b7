import { newId } from "@comanda/primitives";
import { fixedClock, waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgetOldCustomers } from "../src/use-cases/forget-old-customers.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

function erased(customerId: string, erasedAt = new Date()) {
  return {
    specversion: "1.0",
    id: newId(),
    source: "/auth",
    type: "comanda.customer.erased",
    subject: customerId,
    time: erasedAt.toISOString(),
    datacontenttype: "application/json",
    data: { customer_id: customerId, erasure_id: newId(), erased_at: erasedAt.toISOString() },
  };
}

const headersOf = async (clientId: "auth" | "order") => ({
  authorization: `Bearer ${await harness.issuer.token({ role: "service", clientId, audience: "payment" })}`,
});

async function hear(event: unknown, from: "auth" | "order" = "auth"): Promise<string> {
  const headers = { ...(await headersOf(from)), "content-type": "application/cloudevents-batch+json" };
  const answer = await harness.call("POST", "/events", { headers, body: JSON.stringify([event]) });
  return answer.json().results[0].outcome;
}

const readData = async (id: string, as: "auth" | "order") =>
  harness.call("GET", `/privacy/customers/${id}`, { headers: await headersOf(as) });

describe("comanda.customer.erased", () => {
  it("when auth says it, then the charges stay with their money and are nobody's, however often it comes", async () => {
    const id = newId();
    const charges = [
      await harness.request({ customer_id: id, method: "counter" }),
      await harness.request({ customer_id: id, method: "counter" }),
    ];
    const event = erased(id);
    expect([await hear(event), await hear(event)]).toEqual(["done", "done"]);
    for (const charge of charges) {
      const kept = await harness.store.get(charge.id);
      expect(kept).toMatchObject({ customerId: null, status: "pending", amountCents: charge.amount_cents, version: 2 });
      expect(JSON.stringify(kept)).not.toContain(id);
    }
    expect(await harness.store.list({ customerId: id, limit: 10 })).toEqual([]);
  });

  // reliability F-61
  it("when money of theirs is moving, then that ends first, but never longer than a day", async () => {
    const id = newId();
    const { id: chargeId } = await harness.request({ customer_id: id, method: "counter" });
    const moves = async (status: "in_process" | "approved") => {
      const charge = await harness.store.get(chargeId);
      if (charge === null) throw new Error("the charge is gone");
      const next = { ...charge, status, nextCheckAt: null, version: charge.version + 1 };
      expect(await harness.store.replace(next, charge.version)).toBe(true);
    };
    await moves("in_process");
    expect(await hear(erased(id))).toBe("retry");
    expect((await harness.store.get(chargeId))?.customerId).toBe(id);
    expect(await hear(erased(id, new Date(Date.now() - 86_400_000)))).toBe("done");
    expect(await harness.store.get(chargeId)).toMatchObject({ customerId: null, status: "in_process" });
  });

  it("when anybody but auth says it, then it is parked", async () => {
    const id = newId();
    const { id: chargeId } = await harness.request({ customer_id: id, method: "counter" });
    expect(await hear(erased(id), "order")).toBe("park");
    expect((await harness.store.get(chargeId))?.customerId).toBe(id);
  });
});

describe("read-customer-data", () => {
  it("when auth asks, then it gets every charge of that person, and of nobody else", async () => {
    const id = newId();
    const charge = await harness.request({ customer_id: id, method: "counter" });
    await harness.request({ method: "counter" });
    const answer = await readData(id, "auth");
    expect(answer.json().payments).toEqual([expect.objectContaining({ id: charge.id, customer_id: id })]);
    expect((await readData(id, "order")).statusCode).toBe(403);
  });

  // reliability OP-62: what staff wrote of a guest is held about the guest.
  it("when money went back, or a charge was closed, then how much, when and with which words is there too", async () => {
    const id = newId();
    const ask = () => harness.request({ customer_id: id, method: "counter", amount_cents: 2_000 });
    const [paid, closed] = [await ask(), await ask()];
    await harness.call("POST", `/payments/${paid.id}/receive`, { as: "cashier", body: { tender: "cash" } });
    const refund = { as: "admin", body: { amount_cents: 500, reason: "veio frio" } } as const;
    expect((await harness.call("POST", `/payments/${paid.id}/refunds`, refund)).statusCode).toBeLessThan(300);
    await harness.call("POST", `/payments/${closed.id}/cancel`, { as: "admin", body: { reason: "desistiu" } });
    const { payments } = (await readData(id, "auth")).json();
    expect(payments.find((one: { id: string }) => one.id === closed.id)).toMatchObject({ close_reason: "desistiu" });
    expect(payments.find((one: { id: string }) => one.id === paid.id)).toMatchObject({
      close_reason: null,
      refunds: [{ amount_cents: 500, reason: "veio frio", status: "done", settled_at: expect.any(String) }],
    });
  });

  it("when Mercado Pago said something of it, then that is there, as long as it is kept", async () => {
    const id = newId();
    const charge = await harness.request({ customer_id: id, method: "qr" });
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved");
    const { notices } = await waitFor(
      async () => {
        const [payment] = (await readData(id, "auth")).json().payments;
        return payment.notices.length > 0 ? payment : null;
      },
      { timeoutMs: 10_000, description: "a notice in the export" },
    );
    expect(notices[0]).toMatchObject({ topic: "order", text: expect.stringContaining(charge.provider_id) });
  });
});

// reliability OP-64
describe("what payment forgets by itself", () => {
  it("when thirty days are over, then a charge that came to nothing is nobody's, and one with money after years", async () => {
    const clock = fixedClock(new Date());
    const later = await startHarness({ clock, isBackgroundOn: false });
    try {
      const id = newId();
      const [unpaid, paid] = [
        await later.request({ customer_id: id, method: "counter" }),
        await later.request({ customer_id: id, method: "counter" }),
      ];
      await later.call("POST", `/payments/${unpaid.id}/cancel`, { as: "admin" });
      const till = { as: "cashier", body: { tender: "cash", received_cents: paid.amount_cents } } as const;
      expect((await later.call("POST", `/payments/${paid.id}/receive`, till)).statusCode).toBe(200);
      const holders = async () =>
        Promise.all([unpaid, paid].map(async (charge) => (await later.store.get(charge.id))?.customerId));
      const forget = () => forgetOldCustomers({ store: later.store, clock });
      const days = (count: number) => clock.advanceSeconds(count * 86_400);
      days(29);
      await forget();
      expect(await holders()).toEqual([id, id]);
      days(2);
      await forget();
      expect(await holders()).toEqual([null, id]);
      days(5 * 365);
      await forget();
      expect(await holders()).toEqual([null, null]);
    } finally {
      await later.close();
    }
  });
});
