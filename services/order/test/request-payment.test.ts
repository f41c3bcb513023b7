import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { QR } from "./fake-payment.ts";
import { APPROVED, type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
let customer: Record<string, string>;
beforeAll(async () => {
  harness = await startOrderingHarness();
  customer = await harness.as("customer");
});
beforeEach(() => {
  harness.payment.mode = "up";
});
afterAll(() => harness.close());

const pay = (id: string, payment_method: string, headers = customer) =>
  harness.call("POST", `/orders/${id}/payment`, { headers, payload: { payment_method } });

describe("requestPayment", () => {
  it("when a guest changes their mind, then the old charge is closed before the new one opens", async () => {
    const order = await harness.placed({ payment_method: "link" }, customer);
    const answer = await pay(order.id, "qr");
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ payment_status: "awaiting_payment", payment: { method: "qr", qr_code: QR } });
    const old = order.payment?.id ?? "";
    expect(harness.payment.charges.get(old)?.status).toBe("cancelled");
    const lines = harness.payment.requests.filter(
      ({ line, body }) => line.includes(old) || body["order_id"] === order.id,
    );
    expect(lines.map(({ line }) => line)).toEqual([
      "POST /payments/",
      `POST /payments/${old}/cancel`,
      "POST /payments/",
    ]);
    expect(lines[2]?.body["attempt"]).toBe(2);
  });

  it("when the QR has run out, then another one comes for the same order", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" }, customer);
    await harness.receive(harness.payment.move(payment?.id ?? "", { status: "expired", qr_code: null }));
    expect(await harness.look(id)).toMatchObject({ status: "requested", payment_status: "expired" });
    const again = (await pay(id, "qr")).json();
    expect(again.payment.id).not.toBe(payment?.id);
    await harness.receive(harness.payment.move(again.payment.id, APPROVED));
    expect((await harness.look(id)).status).toBe("paid");
  });

  it("when the old charge turns out to be paid, then that counts, and no other opens", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" }, customer);
    harness.payment.move(payment?.id ?? "", APPROVED);
    expect((await pay(id, "link")).json()).toMatchObject({ status: 409, code: "already-paid" });
    expect(await harness.look(id)).toMatchObject({ status: "paid", payment: { id: payment?.id } });
  });

  it("when the old charge is being looked at by the bank, then its end has to be waited for", async () => {
    const { id, payment } = await harness.placed({ payment_method: "link" }, customer);
    harness.payment.move(payment?.id ?? "", { status: "in_process" });
    expect((await pay(id, "qr")).json()).toMatchObject({ status: 409, code: "charge-still-open" });
  });

  it.each(["down", "without-provider"] as const)(
    "when payment is %s, then nothing is closed and nothing opened",
    async (mode) => {
      const { id } = await harness.placed({ payment_method: "qr" }, customer);
      harness.payment.mode = mode;
      const answer = await pay(id, "link");
      expect(answer.json()).toMatchObject({ status: 503, code: "payment-service-unavailable" });
      expect(answer.headers["retry-after"]).toBe("1");
      expect((await harness.look(id)).payment).toMatchObject({ method: "qr", qr_code: QR });
      harness.payment.mode = "up";
      expect((await pay(id, "link")).statusCode).toBe(201);
    },
  );

  it("when payment never heard of the first charge, then it never will, and the cashier takes the money", async () => {
    harness.payment.mode = "down";
    const { id } = await harness.placed({ payment_method: "qr" }, customer);
    harness.payment.mode = "up";
    const answer = await pay(id, "counter");
    expect(answer.json()).toMatchObject({ payment_status: "awaiting_payment", payment: { method: "counter" } });
    const requested = await waitFor(() => {
      const events = harness.payment.events.filter(({ subject }) => subject === id);
      return events.length > 0 ? events : null;
    });
    expect(requested.map(({ data }) => data["attempt"])).toEqual([2]);
  });

  // Never two live charges for one order (product §3.3).
  it("when many ask at once, then one charge is live in the end", async () => {
    const { id } = await harness.placed({ payment_method: "qr" }, customer);
    const answers = await Promise.all(Array.from({ length: 8 }, () => pay(id, "link")));
    for (const { statusCode } of answers) expect([201, 409]).toContain(statusCode);
    const live = [...harness.payment.charges.values()].filter(
      ({ order_id, status }) => order_id === id && ["created", "pending"].includes(status),
    );
    expect(live).toHaveLength(1);
    expect((await harness.look(id)).payment?.id).toBe(live[0]?.payment_id);
  });

  it("when the order is paid, over, unknown or somebody else's, then no charge opens", async () => {
    const paid = await harness.paid({}, customer);
    expect((await pay(paid.id, "qr")).json().code).toBe("already-paid");
    const over = await harness.placed({}, customer);
    await harness.patch(over.id, { status: "cancelled" });
    expect((await pay(over.id, "qr")).json().code).toBe("order-not-payable");
    const other = await harness.placed({}, await harness.as("customer"));
    const foreign = await pay(other.id, "qr");
    const unknown = await pay("0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a99", "qr");
    expect([foreign.statusCode, unknown.statusCode]).toEqual([404, 404]);
    expect((await pay(other.id, "terminal", await harness.as("cashier"))).json().code).toBe(
      "payment-method-unavailable",
    );
  });
});
