import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APPROVED, type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

const REQUEST = { "x-request-id": "the-same-for-both" };

describe("readOrder", () => {
  it("when its guest looks, then all of it is there, with its version as a tag", async () => {
    const guest = await harness.as("customer");
    const order = await harness.placed({ payment_method: "qr" }, guest);
    const answer = await harness.call("GET", `/orders/${order.id.toUpperCase()}`, { headers: guest });
    expect(answer.json()).toEqual(order);
    expect(answer.headers["etag"]).toBe('"2"');
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  // Style E7, reliability OR-14: who may not see an order does not learn that it exists.
  it("when somebody else looks, then the answer is that of an unknown order, byte for byte", async () => {
    const guest = await harness.as("customer");
    const { id } = await harness.placed({}, guest);
    const strangers = [
      await harness.as("customer"),
      await harness.as({ role: "customer", level: "registered" }),
      await harness.as({ role: "customer", level: "identified" }),
      await harness.as({ role: "device", kind: "kiosk" }),
    ];
    const unknown = newId();
    for (const headers of strangers) {
      for (const path of ["", "/tracking"]) {
        const foreign = await harness.call("GET", `/orders/${id}${path}`, { headers: { ...headers, ...REQUEST } });
        const missing = await harness.call("GET", `/orders/${unknown}${path}`, { headers: { ...headers, ...REQUEST } });
        expect(foreign.statusCode).toBe(404);
        expect(foreign.body.replaceAll(id, unknown)).toBe(missing.body);
      }
    }
  });

  // The contract, identify: a CPF is no secret, so its token reads only what was ordered with it. Nor does an account show it:
  // anybody can have registered with that CPF (docs/adr/0029).
  it("when an order was given by a CPF alone, then only that token sees it: no other of the CPF, nor the account", async () => {
    const subject = newId();
    const first = await harness.as({ role: "customer", level: "identified", subject });
    const second = await harness.as({ role: "customer", level: "identified", subject });
    const registered = await harness.as({ role: "customer", level: "registered", subject });
    const { id } = await harness.placed({}, first);
    const statusFor = async (headers: Record<string, string>) =>
      (await harness.call("GET", `/orders/${id}`, { headers })).statusCode;
    expect([await statusFor(first), await statusFor(second), await statusFor(registered)]).toEqual([200, 404, 404]);
    for (const path of ["/tracking", "/events"]) {
      expect((await harness.call("GET", `/orders/${id}${path}`, { headers: registered })).statusCode).toBe(404);
    }
    const cancel = await harness.call("POST", `/orders/${id}/cancel`, { headers: registered, payload: {} });
    const pay = { headers: registered, payload: { payment_method: "link" } };
    expect([cancel.statusCode, (await harness.call("POST", `/orders/${id}/payment`, pay)).statusCode]).toEqual([
      404, 404,
    ]);
    const listed = async (headers: Record<string, string>) =>
      (await harness.call("GET", "/orders", { headers })).json().items.length;
    expect([await listed(first), await listed(second), await listed(registered)]).toEqual([1, 0, 0]);
  });

  it("when the totem that sent it looks, then it is there; the kitchen sees it without money", async () => {
    const kiosk = { role: "device", kind: "kiosk", subject: newId() } as const;
    const { id } = await harness.placed({ customer_name: "Bia" }, await harness.as(kiosk));
    expect((await harness.call("GET", `/orders/${id}`, { headers: await harness.as(kiosk) })).json().total_cents).toBe(
      4290,
    );
    const charge = await waitFor(() => harness.payment.chargeOf(id), { description: "the charge at payment" });
    await harness.receive(harness.payment.move(charge.payment_id, APPROVED));
    const kitchen = (await harness.call("GET", `/orders/${id}`, { headers: await harness.as("kitchen") })).json();
    expect(kitchen).toMatchObject({ customer_name: "Bia", items: [{ name: "X-Salada" }] });
    expect(JSON.stringify(kitchen)).not.toMatch(/cents|"payment"|customer_id/);
  });

  it.each(["not-a-uuid", "%00", "..%2f..", "urn:uuid:0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01"])(
    "when the id is %s, then nothing is found",
    async (id) => {
      const answer = await harness.call("GET", `/orders/${id}`, { headers: await harness.as("admin") });
      expect(answer.statusCode).toBe(404);
    },
  );
});
