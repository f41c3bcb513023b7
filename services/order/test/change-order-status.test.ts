import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

const KITCHEN = { role: "device", kind: "kitchen" } as const;

describe("changeOrderStatus", () => {
  it("when an order goes the usual way, then its lines, times and tracking go along", async () => {
    const { id } = await harness.paid();
    const started = await harness.patch(id, { status: "preparing" }, KITCHEN);
    expect(started.statusCode).toBe(200);
    expect(started.json()).toMatchObject({ status: "preparing", items: [{ status: "started" }] });
    expect((await harness.patch(id, { status: "ready_for_pickup" }, "kitchen")).json().items[0].status).toBe("done");
    const delivered = await harness.patch(id, { status: "delivered" }, "cashier");
    expect(delivered.json()).toMatchObject({ status: "delivered", version: 5, payment_status: "approved" });
    expect(delivered.headers["etag"]).toBe('"5"');

    const headers = await harness.as("admin");
    const tracking = (await harness.call("GET", `/orders/${id}/tracking`, { headers })).json().items;
    expect(tracking.map(({ status, by }: { status: string; by: string }) => `${status} by ${by}`)).toEqual([
      "requested by customer",
      "paid by payment",
      "preparing by kitchen",
      "ready_for_pickup by kitchen",
      "delivered by cashier",
    ]);
    expect(tracking[0].at).toBe("2026-03-10T15:00:00.000Z");
  });

  it("when the status is the one it has, then nothing changes and it is no mistake", async () => {
    const { id, version } = await harness.paid();
    const again = await harness.patch(id, { status: "paid" });
    expect(again.statusCode).toBe(200);
    expect(again.json().version).toBe(version);
  });

  it("when the kitchen repeats what an unpaid order has, then it is not shown by that", async () => {
    const { id, items } = await harness.placed();
    for (const who of ["kitchen", KITCHEN] as const) {
      expect((await harness.patch(id, { status: "requested" }, who)).statusCode).toBe(404);
      expect((await harness.patch(`${id}/items/${items[0]?.id}`, { status: "queued" }, who)).statusCode).toBe(404);
      expect((await harness.patch(id, { status: "preparing" }, who)).statusCode).toBe(409);
    }
  });

  it("when `created` is named, then `requested` is meant", async () => {
    const { id } = await harness.placed();
    expect((await harness.patch(id, { status: "created" })).json().status).toBe("requested");
  });

  it("when a step is skipped or undone, then 409 tells what is allowed", async () => {
    const unpaid = await harness.placed();
    const answer = await harness.patch(unpaid.id, { status: "preparing" });
    expect(answer.json()).toMatchObject({
      status: 409,
      code: "illegal-transition",
      from: "requested",
      allowed: ["cancelled", "rejected"],
      detail: "De “anotado” não se passa para “em preparação”. Possíveis: cancelado, recusado.",
    });
    const { id } = await harness.paid();
    for (const status of ["preparing", "ready_for_pickup", "delivered"]) await harness.patch(id, { status });
    const after = await harness.patch(id, { status: "preparing" });
    expect(after.json()).toMatchObject({ status: 409, allowed: [] });
  });

  // The one guard that no key may open: money is payment's word (reliability OR-08).
  it.each(["manager", "admin", "kitchen", "cashier"] as const)(
    "when a %s writes paid, refunded or requested, then it is refused",
    async (role) => {
      const { id } = await harness.placed();
      const write = async (status: string) => (await harness.patch(id, { status }, role)).json();
      expect(await write("paid")).toMatchObject({ status: 409, code: "illegal-transition" });
      await harness.patch(id, { status: "cancelled" });
      for (const status of ["paid", "refunded", "requested"]) {
        expect(await write(status)).toMatchObject({ status: 409, code: "illegal-transition", allowed: [] });
      }
      expect((await harness.look(id)).status).toBe("cancelled");
    },
  );

  it("when a cashier does the kitchen's work, then it is forbidden", async () => {
    const { id } = await harness.paid();
    const answer = await harness.patch(id, { status: "preparing" }, "cashier");
    expect(answer.json()).toMatchObject({ status: 403, code: "forbidden" });
  });

  // Product §3.6, 18: two cashiers hand over the same order.
  it("when 50 people move the same version at once, then one of them does", async () => {
    const { id, version } = await harness.paid();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => harness.patch(id, { status: "preparing", expected_version: version })),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    for (const { statusCode, body } of answers) {
      if (statusCode !== 200) expect(JSON.parse(body)).toMatchObject({ status: 409, code: "version-conflict" });
    }
    expect((await harness.look(id)).version).toBe(version + 1);
  });

  it("when the version comes by If-Match, then a stale one is 412 and the present one goes through", async () => {
    const { id, version } = await harness.paid();
    const headers = await harness.as("admin");
    const send = (tag: string) =>
      harness.call("PATCH", `/orders/${id}`, {
        headers: { ...headers, "if-match": tag },
        payload: { status: "preparing" },
      });
    for (const tag of [`"${version - 1}"`, `W/"${version}"`, "nonsense"]) {
      expect((await send(tag)).json()).toMatchObject({ status: 412, code: "precondition-failed" });
    }
    expect((await send(`"${version}"`)).statusCode).toBe(200);
  });

  it("when the kitchen refuses a paid order, then the money goes back and the order ends refunded", async () => {
    const { id, payment } = await harness.paid();
    const rejected = await harness.patch(id, { status: "rejected", reason: "sold_out" }, KITCHEN);
    expect(rejected.json()).toMatchObject({ status: "rejected", payment_status: "refund_pending" });
    const event = await waitFor(() =>
      harness.payment.events.find(({ type, subject }) => subject === id && type.endsWith("cancelled")),
    );
    expect(event.data).toEqual({ payment_id: payment?.id, order_id: id, reason: "order_rejected" });

    await harness.receive(harness.payment.move(payment?.id ?? "", { status: "refund_pending" }));
    expect(await harness.look(id)).toMatchObject({ status: "rejected", payment_status: "refund_pending" });
    await harness.receive(harness.payment.move(payment?.id ?? "", { status: "refunded", refunded_cents: 4290 }));
    expect(await harness.look(id)).toMatchObject({ status: "refunded", payment_status: "refunded" });
  });

  it("when the id is unknown or no id, then nothing is found", async () => {
    expect((await harness.patch("0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a99", { status: "preparing" })).statusCode).toBe(404);
    expect((await harness.patch("urn:uuid:0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a99", { status: "paid" })).statusCode).toBe(
      404,
    );
  });

  it.each([{ status: "PAID" }, { status: "eaten" }, { status: 1 }, {}, { status: "preparing", extra: 1 }])(
    "when the body is %j, then it is refused",
    async (payload) => {
      const { id } = await harness.placed();
      expect((await harness.patch(id, payload)).statusCode).toBe(422);
    },
  );
});
