import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

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

const keyed = (key: string, headers = customer) => ({ ...headers, "idempotency-key": key });

describe("a request with an Idempotency-Key", () => {
  // Reliability OR-11.
  it("when 200 keys are each sent 20 times at once, then there are 200 orders and the answers are equal", async () => {
    const before = await countOrders();
    const keys = Array.from({ length: 200 }, () => newId());
    const answers = await Promise.all(
      keys.flatMap((key) =>
        Array.from({ length: 20 }, () => harness.place({}, keyed(key)).then((answer) => ({ key, answer }))),
      ),
    );
    for (const key of keys) {
      const own = answers.filter((sent) => sent.key === key).map(({ answer }) => answer);
      expect(new Set(own.map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
      expect(new Set(own.map(({ body }) => body)).size).toBe(1);
      expect(own.filter(({ headers }) => headers["idempotency-replayed"] === "true")).toHaveLength(19);
    }
    expect((await countOrders()) - before).toBe(200);
  });

  it.each(["counter", "qr", "link"])(
    "when an order to be paid by %s has moved on, then its repetition still gets the first answer, byte for byte",
    async (payment_method) => {
      const key = newId();
      const first = await harness.place({ payment_method }, keyed(key));
      const { id } = first.json();
      expect((await harness.call("POST", `/orders/${id}/cancel`, { headers: customer, payload: {} })).statusCode).toBe(
        200,
      );
      const again = await harness.place({ payment_method }, keyed(key));
      expect(again.statusCode).toBe(201);
      expect(again.headers["idempotency-replayed"]).toBe("true");
      expect(again.headers["location"]).toBe(first.headers["location"]);
      expect(again.body).toBe(first.body);
    },
  );

  it("when payment was away at first, then the repetition still says so: the QR comes by the stream", async () => {
    const key = newId();
    harness.payment.mode = "down";
    const first = await harness.place({ payment_method: "qr" }, keyed(key));
    harness.payment.mode = "up";
    const again = await harness.place({ payment_method: "qr" }, keyed(key));
    expect(again.body).toBe(first.body);
    expect(again.json()).toMatchObject({ payment_status: "pending", payment: null });
  });

  it("when the body differs, then it is refused", async () => {
    const key = newId();
    await harness.place({}, keyed(key));
    const answer = await harness.place({ table: "9" }, keyed(key));
    expect(answer.json()).toMatchObject({ status: 422, code: "idempotency-key-reused" });
  });

  // A key is no secret: another's answer must not leak through it (reliability OR-13).
  it("when somebody else uses the same key, then they get their own order", async () => {
    const key = newId();
    const mine = await harness.placed({}, keyed(key));
    const theirs = await harness.placed({}, keyed(key, await harness.as("customer")));
    expect(theirs.id).not.toBe(mine.id);
  });

  it("when the first is still waiting for payment, then the repetition is told to wait", async () => {
    const key = newId();
    harness.payment.mode = "slow";
    const first = harness.place({ payment_method: "qr" }, keyed(key));
    const { rows } = await untilKeyIsThere(key);
    expect(rows).toHaveLength(1);
    const second = await harness.place({ payment_method: "qr" }, keyed(key));
    expect(second.json()).toMatchObject({ status: 409, code: "request-in-progress" });
    expect(second.headers["retry-after"]).toBe("1");
    expect((await first).statusCode).toBe(201);
  });

  it("when the process died between order and QR, then the repetition gets the order as it stands, and so for ever", async () => {
    const key = newId();
    const first = await harness.placed({ payment_method: "qr" }, keyed(key));
    await harness.database.pool.query(
      "update idempotency_keys set answer = null, created_at = now() - interval '16 seconds' where key = encode(sha256(convert_to($1, 'UTF8')), 'hex')",
      [key],
    );
    const again = await harness.place({ payment_method: "qr" }, keyed(key));
    expect(again.json()).toEqual(first);
    await harness.call("POST", `/orders/${first.id}/cancel`, { headers: customer });
    expect((await harness.place({ payment_method: "qr" }, keyed(key))).body).toBe(again.body);
  });

  it.each(["", "a".repeat(256), "with space", "ação"])("when the key is %j, then it is refused", async (key) => {
    expect((await harness.place({}, keyed(key))).statusCode).toBe(422);
  });

  it("when an order was refused, then its key may be used again", async () => {
    const key = newId();
    expect((await harness.place({ payment_method: "terminal" }, keyed(key))).statusCode).toBe(422);
    expect((await harness.place({}, keyed(key))).statusCode).toBe(201);
  });

  it("when cancelling and paying anew are repeated, then each is done once", async () => {
    const { id } = await harness.placed({ payment_method: "qr" }, customer);
    const url = `/orders/${id}/payment`;
    const payload = { payment_method: "link" };
    const paying = newId();
    const attempts = await Promise.all(
      [1, 2, 3].map(() => harness.call("POST", url, { headers: keyed(paying), payload })),
    );
    const again = await harness.call("POST", url, { headers: keyed(paying), payload });
    expect(again.statusCode).toBe(201);
    const done = attempts.filter(({ statusCode }) => statusCode === 201);
    for (const { body } of done) expect(body).toBe(again.body);
    const { rows } = await harness.database.pool.query("select attempt from order_charges where order_id = $1", [id]);
    expect(rows).toHaveLength(2);

    const cancelling = newId();
    const cancel = () => harness.call("POST", `/orders/${id}/cancel`, { headers: keyed(cancelling), payload: {} });
    const first = await cancel();
    expect((await cancel()).body).toBe(first.body);
    const other = await harness.call("POST", `/orders/${id}/cancel`, {
      headers: keyed(cancelling),
      payload: { reason: "outra" },
    });
    expect(other.json().code).toBe("idempotency-key-reused");
  });
});

async function countOrders(): Promise<number> {
  const { rows } = await harness.database.pool.query("select count(*)::integer as count from orders");
  return rows[0].count;
}

async function untilKeyIsThere(key: string) {
  for (;;) {
    const found = await harness.database.pool.query(
      "select 1 from idempotency_keys where key = encode(sha256(convert_to($1, 'UTF8')), 'hex')",
      [key],
    );
    if (found.rowCount !== 0) return found;
  }
}
