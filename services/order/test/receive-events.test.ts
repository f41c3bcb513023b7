import { addSeconds, newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventOf } from "./fake-payment.ts";
import { APPROVED, type OrderingHarness, PAYMENT, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

async function awaiting() {
  const order = await harness.placed({ payment_method: "qr" });
  return { id: order.id, paymentId: order.payment?.id ?? "", version: order.version };
}

const releases = (orderId: string) =>
  harness.payment.events.filter(
    ({ type, subject }) => type === "comanda.order.payment_cancelled" && subject === orderId,
  );

describe("receiveEvents", () => {
  it("when payment says approved, then the order is paid", async () => {
    const { id, paymentId, version } = await awaiting();
    const event = harness.payment.move(paymentId, APPROVED);
    const answer = await harness.receive(event);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ results: [{ id: event.id, outcome: "done" }] });
    expect(await harness.look(id)).toMatchObject({
      status: "paid",
      payment_status: "approved",
      version: version + 1,
      payment: { id: paymentId, qr_code: null, qr_code_image: null },
    });
  });

  it("when the same event comes many times at once, then it takes effect once", async () => {
    const { id, paymentId, version } = await awaiting();
    const event = harness.payment.move(paymentId, APPROVED);
    await Promise.all(Array.from({ length: 10 }, () => harness.receive(event, event)));
    expect((await harness.look(id)).version).toBe(version + 1);
    const { rows } = await harness.database.pool.query(
      "select count(*)::integer as count from order_feed where order_id = $1 and status = 'paid'",
      [id],
    );
    expect(rows[0].count).toBe(1);
  });

  it("when events come in any order, then the newest word counts", async () => {
    const { id, paymentId } = await awaiting();
    const inProcess = harness.payment.move(paymentId, { status: "in_process" });
    const approved = harness.payment.move(paymentId, APPROVED);
    const pending = eventOf({ ...inProcess.data, status: "pending", version: 1 });
    await harness.receive(approved);
    await harness.receive(inProcess, pending);
    expect(await harness.look(id)).toMatchObject({ status: "paid", payment_status: "approved" });
  });

  it("when one event of a batch has no shape, then it is parked alone", async () => {
    const { id, paymentId } = await awaiting();
    const good = harness.payment.move(paymentId, APPROVED);
    const poisoned = { ...good, id: newId(), data: { ...good.data, amount_cents: "4290" } };
    const answer = await harness.receive(poisoned, null, "text", good);
    expect(answer.json().results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "park",
      "park",
      "park",
      "done",
    ]);
    expect((await harness.look(id)).status).toBe("paid");
  });

  // A type is believed only from its owner (reliability EV-10).
  it("when another service says that money came, then it is not believed", async () => {
    const { id, paymentId } = await awaiting();
    const event = harness.payment.move(paymentId, APPROVED);
    const headers = {
      ...(await harness.as({ ...PAYMENT, clientId: "order" })),
      "content-type": "application/cloudevents+json",
    };
    const answer = await harness.call("POST", "/events", { headers, payload: JSON.stringify(event) });
    expect(answer.json().results).toEqual([expect.objectContaining({ outcome: "park" })]);
    expect((await harness.look(id)).status).toBe("requested");
  });

  it("when a person sends events, then it is forbidden; plain JSON and broken JSON are refused", async () => {
    const send = async (role: "admin" | "service", type: string, payload: string) =>
      (
        await harness.call("POST", "/events", {
          headers: { ...(await harness.as(role)), "content-type": type },
          payload,
        })
      ).statusCode;
    expect(await send("admin", "application/cloudevents+json", "{}")).toBe(403);
    expect(await send("service", "text/plain", "{}")).toBe(415);
    expect(await send("service", "application/json", "{}")).toBe(415);
    expect(await send("service", "application/cloudevents+json", "{")).toBe(400);
    expect(await send("service", "application/cloudevents+json", '{"id":"a","id":"b"}')).toBe(400);
    expect(await send("service", "application/cloudevents-batch+json", "{}")).toBe(422);
  });

  it("when a batch is too long, then it is refused whole", async () => {
    const { id, paymentId } = await awaiting();
    const event = harness.payment.move(paymentId, APPROVED);
    const answer = await harness.receive(event, ...Array.from({ length: 100 }, () => null));
    expect(answer.json()).toMatchObject({ status: 422, code: "validation-failed" });
    expect((await harness.look(id)).status).toBe("requested");
  });

  it("when payment speaks of an order that is not here, then it may come for a minute, and is parked then", async () => {
    const { paymentId } = await awaiting();
    const event = { ...harness.payment.move(paymentId, APPROVED), id: newId(), subject: newId() };
    const saidAgo = (seconds: number) => ({
      ...event,
      data: { ...event.data, order_id: event.subject },
      time: addSeconds(harness.clock.now(), -seconds).toISOString(),
    });
    const outcomeOf = async (seconds: number) => (await harness.receive(saidAgo(seconds))).json().results[0].outcome;
    expect(await outcomeOf(59)).toBe("retry");
    expect(await outcomeOf(60)).toBe("park");
  });

  it("when the amount is not the order's, then the kitchen does not start and the money goes back", async () => {
    const { id, paymentId } = await awaiting();
    await harness.receive(harness.payment.move(paymentId, { ...APPROVED, amount_cents: 4289 }));
    expect((await harness.look(id)).status).toBe("requested");
    const [release] = await waitFor(() => (releases(id).length > 0 ? releases(id) : null));
    expect(release?.data).toMatchObject({ payment_id: paymentId, reason: "wrong_amount" });
  });

  it("when money comes after the order was cancelled, then it goes back, and the order ends refunded", async () => {
    const { id, paymentId } = await awaiting();
    await harness.patch(id, { status: "cancelled" });
    await waitFor(() => releases(id).length === 1);
    await harness.receive(harness.payment.move(paymentId, APPROVED));
    await waitFor(() => releases(id).length === 2);
    expect(releases(id)[1]?.data).toEqual({ payment_id: paymentId, order_id: id, reason: "paid_too_late" });
    expect(await harness.look(id)).toMatchObject({ status: "cancelled", payment_status: "refund_pending" });
    await harness.receive(harness.payment.move(paymentId, { status: "refunded", refunded_cents: 4290 }));
    expect(await harness.look(id)).toMatchObject({ status: "refunded", payment_status: "refunded" });
  });

  it("when an order is paid twice, then the second money goes back and the food stays", async () => {
    const { id, paymentId } = await awaiting();
    const headers = await harness.as("admin");
    const url = `/orders/${id}/payment`;
    const second = (await harness.call("POST", url, { headers, payload: { payment_method: "link" } })).json().payment
      .id;
    await harness.receive(harness.payment.move(second, APPROVED));
    await harness.receive(harness.payment.move(paymentId, APPROVED));
    await waitFor(() => releases(id).length === 1);
    expect(releases(id)[0]?.data).toMatchObject({ payment_id: paymentId, reason: "paid_twice" });
    await harness.receive(harness.payment.move(paymentId, { status: "refunded", refunded_cents: 4290 }));
    expect(await harness.look(id)).toMatchObject({ status: "paid", payment_status: "approved" });
  });

  it("when an event was given up, then an administrator sees it and sends it again", async () => {
    const { id } = await awaiting();
    const { pool } = harness.database;
    await pool.query(
      "update outbox set sent_at = null, parked_at = now(), last_error = 'no sense' where subject = $1",
      [id],
    );
    const headers = await harness.as("admin");
    const parked = (await harness.call("GET", "/events/parked", { headers })).json().items;
    expect(parked).toEqual([expect.objectContaining({ subject: id, reason: "no sense" })]);
    const retry = await harness.call("POST", `/events/parked/${parked[0].id}/retry`, { headers });
    expect(retry.statusCode).toBe(204);
    await waitFor(() => harness.payment.events.some(({ subject }) => subject === id));
    expect((await harness.call("GET", "/events/parked", { headers })).json().items).toEqual([]);
    expect((await harness.call("POST", `/events/parked/${newId()}/retry`, { headers })).statusCode).toBe(404);
  });
});
