import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

type Reader = NonNullable<Parameters<Harness["call"]>[2]>["as"];
const read = (id: string, as: Reader) => harness.call("GET", `/payments/${id}`, as === undefined ? {} : { as });

describe("get-charge", () => {
  it("when the payer reads it, then they see what to pay, and no id of the provider", async () => {
    const customer = newId();
    const charge = await harness.request({ customer_id: customer });
    const seen = (await read(charge.id, { role: "customer", subject: customer, level: "registered" })).json();
    expect(seen).toMatchObject({ id: charge.id, qr_code: charge.qr_code, provider_id: null });
    expect((await read(charge.id, "cashier")).json().provider_id).toBe(charge.provider_id);
    expect((await read(charge.id.toUpperCase(), "service")).statusCode).toBe(200);
  });

  // Whoever guesses ids must not learn which of them exist (style E7).
  it("when it is somebody else's, then the answer is that of a missing one, byte for byte", async () => {
    const charge = await harness.request();
    const headers = { "x-request-id": "the-same-request-id" };
    const foreign = await harness.call("GET", `/payments/${charge.id}`, { as: "customer", headers });
    const missingId = "01900000-0000-7000-8000-000000000000";
    const missing = await harness.call("GET", `/payments/${missingId}`, { as: "customer", headers });
    expect(foreign.statusCode).toBe(404);
    expect(foreign.body.replaceAll(charge.id, missingId)).toBe(missing.body);
  });

  // A CPF is no secret: whoever types one must not read what its owner pays. The order carries the payment for them.
  it("when the payer is only identified, then they see no payment, not even one made a moment ago", async () => {
    const customer = newId();
    const charge = await harness.request({ customer_id: customer, method: "counter" });
    const reader = { role: "customer", subject: customer, level: "identified" } as const;
    expect((await read(charge.id, reader)).statusCode).toBe(404);
    const list = await harness.call("GET", "/payments/", { as: reader });
    expect(list.json()).toEqual({ items: [], next_cursor: null });
    expect((await read(charge.id, { ...reader, level: "registered" })).statusCode).toBe(200);
  });
});

describe("list-charges", () => {
  it("when a payer lists, then only their own; somebody else's list is empty", async () => {
    const [mine, theirs] = [newId(), newId()];
    const charge = await harness.request({ customer_id: mine, method: "counter" });
    await harness.request({ customer_id: theirs, method: "counter" });
    const as = { role: "customer", subject: mine, level: "registered" } as const;
    const ids = async (query: string) =>
      (await harness.call("GET", `/payments/${query}`, { as })).json().items.map(({ id }: { id: string }) => id);
    expect(await ids("")).toEqual([charge.id]);
    expect(await ids(`?customer_id=${mine}`)).toEqual([charge.id]);
    expect(await ids(`?customer_id=${theirs}`)).toEqual([]);
  });

  it("when staff list, then by order, customer and status, page by page, newest first", async () => {
    const customer = newId();
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      made.unshift((await harness.request({ customer_id: customer, method: "counter" })).id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `customer_id=${customer}&status=pending&limit=2${cursor === null ? "" : `&cursor=${cursor}`}`;
      const page = (await harness.call("GET", `/payments/?${query}`, { as: "cashier" })).json();
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(made);
    const none = await harness.call("GET", `/payments/?customer_id=${customer}&status=approved`, { as: "admin" });
    expect(none.json()).toEqual({ items: [], next_cursor: null });
  });

  it.each(["limit=0", "limit=101", "limit=x", "status=paid", "order_id=1", "cursor=zzz", "unknown=1"])(
    "when the query is %s, then 422",
    async (query) => {
      const answer = await harness.call("GET", `/payments/?${query}`, { as: "admin" });
      expect(answer.json()).toMatchObject({ status: 422, code: "validation-failed" });
    },
  );
});

describe("list-transactions", () => {
  it("when staff read the flow, then it tells the story in order, without secrets", async () => {
    const charge = await harness.request();
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved");
    const answer = await harness.call("GET", `/payments/${charge.id}/transactions`, { as: "cashier" });
    const items: { at: string; kind: string; code: string; summary: string }[] = answer.json().items;
    expect(items.slice(0, 3).map(({ kind }) => kind)).toEqual(["intent", "request", "answer"]);
    expect(items.map(({ summary }) => summary)).toContain("A cobrança agora está paga.");
    expect(items.map(({ summary }) => summary)).toContain("O pedido é avisado: cobrança paga.");
    expect(items.filter(({ kind }) => kind === "money")).toMatchObject([
      {
        code: "money-paid",
        summary: "Entraram R$ 42,90.",
        detail: { debit: "provider", credit: "sales", amount_cents: 4290 },
      },
    ]);
    expect(answer.json().balance).toEqual({
      held_cents: 4290,
      owed_cents: 0,
      sales_cents: 4290,
      losses_cents: 0,
      is_balanced: true,
    });
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).sort());
    expect(answer.body).not.toContain(charge.qr_code);
    expect(answer.body).not.toContain(harness.config.MERCADOPAGO_ACCESS_TOKEN);
  });

  it("when there is no such charge, then 404", async () => {
    const answer = await harness.call("GET", `/payments/${newId()}/transactions`, { as: "admin" });
    expect(answer.statusCode).toBe(404);
  });
});

describe("read-balance", () => {
  const read = (orderId: string) => harness.call("GET", `/payments/balance?order_id=${orderId}`, { as: "cashier" });

  it("when an order had two attempts, then its balance is computed over both and is what they state", async () => {
    const orderId = newId();
    const first = await harness.request({ order_id: orderId });
    const second = await harness.request({ order_id: orderId, attempt: 2, method: "counter" });
    await harness.call("POST", `/payments/${second.id}/receive`, { as: "cashier", body: { tender: "cash" } });
    await harness.call("POST", `/payments/${second.id}/refunds`, { as: "admin", body: { amount_cents: 1_000 } });
    const answer = await read(orderId.toUpperCase());
    const balance = { owed_cents: 0, losses_cents: 0, is_balanced: true };
    const kept = { ...balance, held_cents: 3_290, sales_cents: 3_290, stated_cents: 3_290 };
    expect(answer.json()).toEqual({
      order_id: orderId,
      currency: "BRL",
      balance: kept,
      payments: [
        {
          id: first.id,
          attempt: 1,
          status: "cancelled",
          balance: { ...balance, held_cents: 0, sales_cents: 0, stated_cents: 0 },
        },
        { id: second.id, attempt: 2, status: "partially_refunded", balance: kept },
      ],
    });
  });

  it("when an order has no charge, then 404; when none is named, 422", async () => {
    expect((await read(newId())).statusCode).toBe(404);
    expect((await harness.call("GET", "/payments/balance", { as: "cashier" })).statusCode).toBe(422);
  });
});
