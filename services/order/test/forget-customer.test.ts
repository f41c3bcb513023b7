import { createDatabase } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import type { TokenOptions } from "@comanda/testing/tokens";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OrderTables } from "../src/storage/schema.ts";
import { forgetOldCustomers } from "../src/use-cases/forget-old-customers.ts";
import { APPROVED, type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

const AUTH: TokenOptions = { role: "service", clientId: "auth", audience: "order" };

function erased(customerId: string, erasedAt = harness.clock.now()) {
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

async function hear(event: unknown, who: TokenOptions = AUTH): Promise<string> {
  const headers = { ...(await harness.as(who)), "content-type": "application/cloudevents-batch+json" };
  const answer = await harness.call("POST", "/events", { headers, payload: JSON.stringify([event]) as never });
  return answer.json().results[0].outcome;
}

/** A guest with a paid order that says a lot of them. */
async function guestWithOrder() {
  const id = newId();
  const headers = await harness.as({ role: "customer", level: "registered", subject: id });
  const items = [{ product_id: harness.productId, quantity: 1, comment: "para a Ana da farmácia" }];
  const body = { items, customer_name: "Ana Souza", table: "da janela" };
  const order = await harness.paid(body, { ...headers, "idempotency-key": newId() });
  return { id, headers, order };
}

const everythingOf = async (orderId: string) => {
  const texts = await Promise.all(
    ["orders", "order_items", "order_feed", "idempotency_keys", "outbox"].map(async (table) => {
      const { rows } = await harness.database.pool.query(`select t::text as text from ${table} t`);
      return rows.map(({ text }) => String(text)).filter((text) => text.includes(orderId));
    }),
  );
  return texts.flat().join("\n");
};

describe("comanda.customer.erased", () => {
  it("when auth says it, then the orders stay with their money, and nothing in any table leads to the person", async () => {
    const { id, order } = await guestWithOrder();
    expect(await everythingOf(order.id)).toContain(id);
    const event = erased(id);
    expect(await hear(event)).toBe("done");
    expect(await hear(event)).toBe("done");
    const seen = await harness.look(order.id);
    expect(seen).toMatchObject({ status: "paid", total_cents: order.total_cents, customer_id: null });
    expect(seen).toMatchObject({ customer_name: null, items: [{ comment: null }] });
    const left = await everythingOf(order.id);
    for (const trace of [id, "Ana Souza", "farmácia"]) expect(left).not.toContain(trace);
  });

  it("when staff wrote of them, or food is on its way to their table, then the words go and the table stays until it is served", async () => {
    const { id, order } = await guestWithOrder();
    const rejected = await guestWithOrder();
    const reason = "a Ana da farmácia desistiu, remédio às 8";
    expect((await harness.patch(rejected.order.id, { status: "cancelled", reason })).statusCode).toBe(200);
    expect(await everythingOf(rejected.order.id)).toContain("remédio");
    for (const customer of [id, rejected.id]) expect(await hear(erased(customer))).toBe("done");
    const left = await everythingOf(rejected.order.id);
    for (const trace of ["farmácia", "remédio", "janela", rejected.id]) expect(left).not.toContain(trace);
    expect(await harness.look(order.id)).toMatchObject({ customer_name: null, table: "da janela" });
  });

  it("when somebody else's orders stand beside, then they stay as they are", async () => {
    const [gone, stays] = [await guestWithOrder(), await guestWithOrder()];
    expect(await hear(erased(gone.id))).toBe("done");
    expect(await harness.look(stays.order.id)).toMatchObject({ customer_name: "Ana Souza", customer_id: stays.id });
  });

  // reliability F-61
  it("when money of theirs is moving, then that ends first, but never longer than a day", async () => {
    const id = newId();
    const headers = await harness.as({ role: "customer", level: "registered", subject: id });
    const { id: orderId, payment } = await harness.placed({ payment_method: "qr", customer_name: "Ana" }, headers);
    await harness.receive(harness.payment.move(payment?.id ?? "", { status: "in_process" }));
    const event = erased(id);
    expect(await hear(event)).toBe("retry");
    expect((await harness.look(orderId)).customer_name).toBe("Ana");
    await harness.receive(harness.payment.move(payment?.id ?? "", APPROVED));
    expect(await hear(event)).toBe("done");
    expect(await harness.look(orderId)).toMatchObject({ status: "paid", customer_name: null });

    const other = newId();
    const theirs = await harness.as({ role: "customer", level: "registered", subject: other });
    const stuck = await harness.placed({ payment_method: "qr", customer_name: "Bia" }, theirs);
    await harness.receive(harness.payment.move(stuck.payment?.id ?? "", { status: "in_process" }));
    const longAgo = new Date(harness.clock.now().getTime() - 86_400_000);
    expect(await hear(erased(other, longAgo))).toBe("done");
    expect((await harness.look(stuck.id)).customer_name).toBeNull();
  });

  it("when anybody but auth says it, or it has not its shape, then it is parked", async () => {
    const { id, order } = await guestWithOrder();
    expect(await hear(erased(id), { role: "service", clientId: "payment", audience: "order" })).toBe("park");
    expect(await hear({ ...erased(id), data: { customer_id: id } })).toBe("park");
    expect((await harness.look(order.id)).customer_name).toBe("Ana Souza");
  });
});

describe("readCustomerData", () => {
  it("when auth asks, then it gets every order of that person with lines and tracking, and of nobody else", async () => {
    const { id, order } = await guestWithOrder();
    await guestWithOrder();
    const answer = await harness.call("GET", `/privacy/customers/${id}`, { headers: await harness.as(AUTH) });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json().orders).toMatchObject([
      {
        id: order.id,
        customer_name: "Ana Souza",
        items: [{ name: "X-Salada", comment: "para a Ana da farmácia" }],
        tracking: [{ status: "requested" }, { status: "paid" }],
      },
    ]);
  });

  // docs/adr/0029
  it("when an order was given by the person's CPF alone, then it is there for the shop's look only", async () => {
    const subject = newId();
    const byCpf = await harness.as({ role: "customer", level: "identified", subject });
    const { id } = await harness.placed({}, byCpf);
    const read = async (query: string) =>
      (await harness.call("GET", `/privacy/customers/${subject}${query}`, { headers: await harness.as(AUTH) })).json()
        .orders;
    expect(await read("")).toEqual([]);
    expect(await read("?recognised=true")).toMatchObject([{ id }]);
    // Payment knows no sessions: there the charge is nobody's.
    const { rows } = await harness.database.pool.query("select data from outbox where subject = $1", [id]);
    expect(rows.map(({ data }) => data.customer_id)).toEqual([null]);
    expect(await harness.look(id)).toMatchObject({ customer_id: subject });
  });

  it("when another service asks, or the id is none, then it learns nothing", async () => {
    const other = await harness.as({ role: "service", clientId: "payment", audience: "order" });
    expect((await harness.call("GET", `/privacy/customers/${newId()}`, { headers: other })).statusCode).toBe(403);
    const auth = await harness.as(AUTH);
    for (const id of ["x", "%00", "52998224725"]) {
      expect((await harness.call("GET", `/privacy/customers/${id}`, { headers: auth })).statusCode).toBe(404);
    }
  });
});

// reliability OP-64
describe("forgetOldCustomers", () => {
  const run = () =>
    forgetOldCustomers({ db: createDatabase<OrderTables>(harness.database.pool), clock: harness.clock });
  const days = (count: number) => harness.clock.advanceSeconds(count * 86_400);

  it("when thirty days are over, then an unpaid order is nobody's, a paid one without name and words, and five years on nobody's too", async () => {
    const paid = await guestWithOrder();
    await harness.patch(paid.order.id, { status: "preparing" });
    await harness.patch(paid.order.id, { status: "ready_for_pickup" });
    await harness.patch(paid.order.id, { status: "delivered" });
    const id = newId();
    const headers = await harness.as({ role: "customer", level: "registered", subject: id });
    const unpaid = await harness.placed({ customer_name: "Caio Lima" }, headers);
    await harness.call("POST", `/orders/${unpaid.id}/cancel`, { headers, payload: { reason: "o Caio passou mal" } });

    days(29);
    await run();
    expect((await harness.look(unpaid.id)).customer_name).toBe("Caio Lima");
    expect(await everythingOf(paid.order.id)).toContain("farmácia");
    days(2);
    await run();
    expect(await harness.look(unpaid.id)).toMatchObject({ customer_name: null, customer_id: null });
    expect(await harness.look(paid.order.id)).toMatchObject({ customer_name: null, customer_id: paid.id });
    const left = (await everythingOf(unpaid.id)) + (await everythingOf(paid.order.id));
    for (const trace of [id, "Caio", "Ana", "farmácia", "janela"]) expect(left).not.toContain(trace);
    expect((await harness.look(paid.order.id)).items).toMatchObject([{ name: "X-Salada", comment: null }]);
    days(5 * 365);
    await run();
    expect(await harness.look(paid.order.id)).toMatchObject({ customer_id: null, total_cents: paid.order.total_cents });
  });

  // A shop without a kitchen screen leaves its orders where they are.
  it.each([
    ["paid", []],
    ["preparing", ["preparing"]],
    ["ready_for_pickup", ["preparing", "ready_for_pickup"]],
    ["out_for_delivery", ["preparing", "ready_for_pickup", "out_for_delivery"]],
  ])("when an order stays %s for thirty days, then its words go like those of any other", async (status, steps) => {
    const { id, order } = await guestWithOrder();
    for (const step of steps) expect((await harness.patch(order.id, { status: step })).statusCode).toBe(200);
    days(31);
    await run();
    expect(await harness.look(order.id)).toMatchObject({ status, customer_name: null, customer_id: id, table: null });
    for (const trace of ["Ana", "farmácia", "janela"]) expect(await everythingOf(order.id)).not.toContain(trace);
    days(5 * 365);
    await run();
    expect(await everythingOf(order.id)).not.toContain(id);
  });

  it("when its words went while it was paid for and not made, then it can still be called off and its money goes back", async () => {
    const { order } = await guestWithOrder();
    days(31);
    await run();
    expect((await harness.patch(order.id, { status: "rejected" })).statusCode).toBe(200);
    const returned = { status: "refunded", refunded_cents: order.total_cents ?? 0 } as const;
    await harness.receive(harness.payment.move(order.payment?.id ?? "", returned));
    expect(await harness.look(order.id)).toMatchObject({ status: "refunded", customer_name: null });
  });
});
