import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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

const cancel = (id: string, headers = customer, payload: unknown = { reason: "desisti" }) =>
  harness.call("POST", `/orders/${id}/cancel`, { headers, payload });

describe("cancelOrder", () => {
  it("when a guest cancels before paying, then the order ends and payment closes the charge", async () => {
    const { id, payment } = await harness.placed({ payment_method: "qr" }, customer);
    const answer = await cancel(id);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      status: "cancelled",
      payment_status: "cancelled",
      payment: { id: payment?.id, qr_code: null },
    });
    const event = await waitFor(() => harness.payment.events.find(({ subject }) => subject === id));
    expect(event).toMatchObject({
      type: "comanda.order.payment_cancelled",
      data: { payment_id: payment?.id, order_id: id, reason: "order_cancelled" },
    });
    expect((await cancel(id)).statusCode).toBe(200);
  });

  it("when payment is away, then the guest need not wait for it: the event goes out later", async () => {
    const { id } = await harness.placed({ payment_method: "qr" }, customer);
    harness.payment.mode = "down";
    expect((await cancel(id)).json().status).toBe("cancelled");
    harness.payment.mode = "up";
    await waitFor(() => harness.payment.events.some(({ subject }) => subject === id));
  });

  it("when it is paid and nothing is started, then within two minutes the guest gets the money back", async () => {
    const early = await harness.paid({}, customer);
    harness.clock.advanceSeconds(120);
    expect((await cancel(early.id)).json()).toMatchObject({ status: "cancelled", payment_status: "refund_pending" });

    const late = await harness.paid({}, customer);
    harness.clock.advanceSeconds(121);
    expect((await cancel(late.id)).json()).toMatchObject({ status: 409, code: "illegal-transition", allowed: [] });
    expect((await cancel(late.id, await harness.as("cashier"))).json().status).toBe("cancelled");

    const ready = await harness.paid({}, customer);
    await harness.patch(ready.id, { status: "ready_for_pickup" });
    expect((await cancel(ready.id)).json().detail).toBe("O pedido está pronto e já não pode ser cancelado.");
  });

  it("when the kitchen has begun, then only the office can still cancel", async () => {
    const { id } = await harness.paid({}, customer);
    await harness.patch(id, { status: "preparing" });
    expect((await cancel(id)).statusCode).toBe(403);
    expect((await cancel(id, await harness.as("cashier"))).statusCode).toBe(403);
    expect((await cancel(id, await harness.as("manager"))).json().status).toBe("cancelled");
  });

  // Reliability OR-20: one winner, money consistent.
  it("when cancelling races the approval, then there is food or money back, never neither and never both", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { id, payment } = await harness.placed({ payment_method: "qr" }, customer);
        const event = harness.payment.move(payment?.id ?? "", APPROVED);
        await Promise.all([cancel(id), harness.receive(event)]);
        const order = await harness.look(id);
        await waitFor(() => order.status === "paid" || harness.payment.events.some(({ subject }) => subject === id));
        return `${order.status} ${order.payment_status}`;
      }),
    );
    for (const outcome of outcomes) expect(outcome).toBe("cancelled refund_pending");
  });

  it("when the order is somebody else's, then it is not there", async () => {
    const { id } = await harness.placed({}, customer);
    expect((await cancel(id, await harness.as("customer"))).statusCode).toBe(404);
    expect((await harness.look(id)).status).toBe("requested");
  });

  it("when no body is sent, then none is missed", async () => {
    const { id } = await harness.placed({}, customer);
    expect((await harness.call("POST", `/orders/${id}/cancel`, { headers: customer })).statusCode).toBe(200);
  });
});
