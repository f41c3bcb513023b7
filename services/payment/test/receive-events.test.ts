import { newId } from "@comanda/primitives";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chargeBody, type Harness, orderEvent, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

function requested(difference: Record<string, unknown> = {}) {
  const { id, expires_at: orderExpiresAt, ...rest } = chargeBody(difference);
  return orderEvent("payment_requested", {
    ...rest,
    payment_id: id,
    currency: "BRL",
    order_expires_at: orderExpiresAt,
  });
}
const cancelled = (charge: { id: string; order_id: string }, reason = "order_cancelled") =>
  orderEvent("payment_cancelled", { payment_id: charge.id, order_id: charge.order_id, reason });
const outcomes = async (events: readonly unknown[]) =>
  (await harness.sendEvents(events)).json().results.map(({ outcome }: { outcome: string }) => outcome);

describe("receive-events: payment_requested", () => {
  it("when it comes, then the charge is made with the id the order gave it", async () => {
    const event = requested();
    expect(await outcomes([event])).toEqual(["done"]);
    const charge = await harness.store.get(String(event.data["payment_id"]));
    expect(charge).toMatchObject({ status: "pending", orderId: event.subject, amountCents: 4290 });
  });

  it("when it comes twice, and over HTTP too, then there is one charge", async () => {
    const body = chargeBody();
    const event = requested(body);
    await Promise.all([outcomes([event, event]), harness.request(body), outcomes([event])]);
    expect(await harness.ledgerOf(String(body["id"]))).toHaveLength(1);
    expect(await harness.store.listOfOrder(String(body["order_id"]))).toHaveLength(1);
  });

  it("when 20 counter charges come at once, then all wait for the cashier", async () => {
    const events = Array.from({ length: 20 }, () => requested({ method: "counter" }));
    expect(await outcomes(events)).toEqual(Array(20).fill("done"));
    for (const { data } of events) expect(await harness.statusOf(String(data["payment_id"]))).toBe("pending");
  });

  it("when a customer's id is missing, then the charge belongs to nobody", async () => {
    const event = requested({ method: "counter", customer_id: null });
    expect(await outcomes([event])).toEqual(["done"]);
  });
});

describe("receive-events: payment_cancelled", () => {
  it("when the charge is open, then it is closed; again changes nothing", async () => {
    // The notice of the closing would be written down whenever it comes.
    await harness.faults({ webhooks: "drop" });
    const charge = await harness.request();
    expect(await outcomes([cancelled(charge)])).toEqual(["done"]);
    expect(await harness.statusOf(charge.id)).toBe("cancelled");
    const version = (await harness.store.get(charge.id))?.version;
    expect(await outcomes([cancelled(charge)])).toEqual(["done"]);
    expect((await harness.store.get(charge.id))?.version).toBe(version);
  });

  it.each(["qr", "link"])("when the %s was paid, then the money goes back, once", async (method) => {
    await harness.faults({ refund_delay_ms: 20 });
    const charge = await harness.request({ method });
    await harness.pay(method === "qr" ? { qr_code: charge.qr_code } : { payment_link: charge.payment_link });
    await harness.becomes(charge.id, "approved");
    const event = cancelled(charge, "paid_too_late");
    expect(await outcomes([event])).toEqual(["done"]);
    expect(await outcomes([event])).toEqual(["done"]);
    const refunded = await harness.becomes(charge.id, "refunded");
    expect(refunded.refunds).toMatchObject([{ reason: "paid_too_late", amountCents: 4290 }]);
    expect((await harness.ledgerOf(charge.id))[0]?.refunds).toHaveLength(1);
  });

  // 409 of the provider → read → refund: money taken means food made or money back.
  it("when it is paid in the same moment and the notice is lost, then the money goes back", async () => {
    const charge = await harness.request();
    await harness.faults({ webhooks: "drop", refund_delay_ms: 20 });
    await harness.pay({ qr_code: charge.qr_code });
    expect(await outcomes([cancelled(charge)])).toEqual(["done"]);
    await harness.becomes(charge.id, "refunded", 15_000);
  });

  it("when the provider is away, then it is wanted again later", async () => {
    const charge = await harness.request();
    await harness.faults({ down: true });
    expect(await outcomes([cancelled(charge)])).toEqual(["retry"]);
  });

  it("when it overtakes the wish for the charge, then it waits for it; an old one is let go", async () => {
    const unknown = { id: newId(), order_id: newId() };
    expect(await outcomes([cancelled(unknown)])).toEqual(["retry"]);
    const old = { ...cancelled(unknown), time: new Date(Date.now() - 120_000).toISOString() };
    expect(await outcomes([old])).toEqual(["done"]);
  });
});

describe("receive-events: at the door", () => {
  it("when one event of a batch is poisoned, then it alone is parked", async () => {
    const good = requested({ method: "counter" });
    const batch = [
      { ...good, id: newId(), data: {} },
      { ...good, id: newId(), type: "comanda.order.imagined" },
      { ...good, id: newId(), type: "comanda.payment.approved", source: "/payment" },
      "nonsense",
      good,
    ];
    expect(await outcomes(batch)).toEqual(["park", "park", "park", "park", "done"]);
  });

  it.each([
    ["plain JSON", "application/json", 415],
    ["a single event", "application/cloudevents+json", 415],
  ])("when it is %s, then %s is refused", async (_what, type, status) => {
    expect((await harness.sendEvents([requested()], { type })).statusCode).toBe(status);
  });

  it("when somebody else than a service speaks, then 403", async () => {
    expect((await harness.sendEvents([requested()], { as: "admin" })).statusCode).toBe(403);
  });
});

describe("events out", () => {
  it("when the order service is away, then what happened is told once it is back", async () => {
    harness.receiver.answerWith(503);
    const charge = await harness.request({ method: "counter" });
    await harness.call("POST", `/payments/${charge.id}/receive`, { as: "cashier", body: { tender: "cash" } });
    harness.receiver.answerWith(200);
    const said = () =>
      harness.receiver.events
        .filter(({ data }) => (data as { payment_id: string }).payment_id === charge.id)
        .map(({ type }) => type);
    await expect.poll(said, { timeout: 10_000 }).toEqual(["comanda.payment.approved"]);
  });

  it("when an event was parked, then an admin sees it and sends it again", async () => {
    // Nobody listens, or the event would be delivered while it is being parked.
    harness.receiver.answerWith(503);
    const charge = await harness.request({ method: "counter" });
    await harness.call("POST", `/payments/${charge.id}/receive`, { as: "cashier", body: { tender: "cash" } });
    await harness.database.pool.query(
      "update outbox set parked_at = now(), sent_at = null, last_error = 'test' where subject in ($1, $2)",
      [charge.id, charge.order_id],
    );
    const parked = (await harness.call("GET", "/events/parked", { as: "admin" })).json().items;
    expect(parked).toHaveLength(1);
    harness.receiver.answerWith(200);
    const retried = await harness.call("POST", `/events/parked/${parked[0].id}/retry`, { as: "admin" });
    expect(retried.statusCode).toBe(202);
    await expect
      .poll(async () => (await harness.call("GET", "/events/parked", { as: "admin" })).json().items)
      .toEqual([]);
    const again = await harness.call("POST", `/events/parked/${newId()}/retry`, { as: "admin" });
    expect(again.statusCode).toBe(404);
  });
});
