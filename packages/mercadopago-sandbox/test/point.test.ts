import { describe, expect, it } from "vitest";
import { sellerOfToken } from "../src/sellers.ts";
import { mp, pointOrder, receiver, start, testTerminal, until } from "./harness.ts";

const create = async (change: Record<string, unknown> = {}) => {
  const order = await mp().order.create({ body: pointOrder(change) as never }); // the SDK's type lacks card machines
  return { ...order, id: order.id ?? "", paymentId: order.transactions?.payments?.[0]?.id ?? "" };
};
const act = (sandbox: Awaited<ReturnType<typeof start>>, body: object) =>
  sandbox.send("POST", `/sandbox/terminals/${testTerminal}/act`, { body });

describe("create an order at a card machine", () => {
  it("when the SDK creates one, then it waits for the machine", async () => {
    await start();
    const order = await create();
    expect(order).toMatchObject({
      type: "point",
      status: "created",
      config: { point: { terminal_id: testTerminal, print_on_terminal: "no_ticket" } },
      transactions: { payments: [{ amount: "25.90", status: "created", status_detail: "ready_to_process" }] },
    });
    expect(order).not.toHaveProperty("type_response");
  });

  it("when another order waits at the machine, then it is refused, and taken once the first is canceled", async () => {
    const { authorized } = await start();
    const first = await create();
    const refused = await authorized("POST", "/v1/orders", { body: pointOrder(), key: "k" });
    expect(refused).toMatchObject({
      status: 409,
      body: { errors: [{ code: "already_queued_order_for_terminal", details: [first.id] }] },
    });
    await mp().order.cancel({ id: first.id });
    expect((await authorized("POST", "/v1/orders", { body: pointOrder(), key: "k" })).status).toBe(201);
  });

  it("when the machine is another seller's or nobody's, then both are forbidden alike", async () => {
    const other = sellerOfToken({ accessToken: "APP_USR-1-x-7", webhookSecret: "s", webhookUrl: null });
    const { send, authorized } = await start({ otherSellers: [other] });
    const headers = { authorization: "Bearer APP_USR-1-x-7", "x-idempotency-key": "k" };
    const foreign = await send("POST", "/v1/orders", { body: pointOrder(), headers });
    expect(foreign).toMatchObject({ status: 403, body: { errors: [{ code: "forbidden_checking_terminal_owner" }] } });
    const config = { point: { terminal_id: "NEWLAND_N950__NADA" } };
    expect((await authorized("POST", "/v1/orders", { body: pointOrder({ config }), key: "k" })).text).toBe(
      foreign.text,
    );
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    ["lives too long", { expiration_time: "PT3H1S" }, "property_value"],
    ["lives too short", { expiration_time: "PT29S" }, "property_value"],
    ["names no machine", { config: { point: {} } }, "required_properties"],
    ["carries a till", { config: { qr: { external_pos_id: "COMANDA01" } } }, "unsupported_properties"],
    ["carries items", { items: [] }, "unsupported_properties"],
  ];
  for (const [what, change, code] of wrong) {
    it(`when the body ${what}, then it is refused with ${code}`, async () => {
      const { authorized } = await start();
      const answer = await authorized("POST", "/v1/orders", { body: pointOrder(change), key: "k" });
      expect(answer.status).toBe(400);
      expect(answer.body.errors.map((error: { code: string }) => error.code)).toContain(code);
    });
  }
});

describe("at the card machine", () => {
  it("when the card is approved with a tip, then more is paid than asked, and all of it goes back", async () => {
    const sandbox = await start();
    const order = await create();
    expect(await act(sandbox, { action: "approve", method: "debit_card", tip_cents: 110 })).toMatchObject({
      status: 200,
      body: { status: "processed" },
    });
    const paid = await mp().order.get({ id: order.id });
    expect(paid).toMatchObject({
      status: "processed",
      status_detail: "accredited",
      total_amount: "25.90",
      total_paid_amount: "27.00",
      transactions: {
        payments: [{ paid_amount: "27.00", tip_amount: "1.10", payment_method: { type: "debit_card" } }],
      },
    });
    await mp().order.refund({ id: order.id });
    await sandbox.advance(1000);
    expect(await mp().order.get({ id: order.id })).toMatchObject({ status: "refunded" });
    expect((await sandbox.ledger()).totals).toMatchObject({ paid_cents: 2700, refunded_cents: 2700, net_cents: 0 });
  });

  const ends: [object, string, string][] = [
    [{ action: "refuse", reason: "insufficient_amount" }, "failed", "insufficient_amount"],
    [{ action: "cancel" }, "canceled", "canceled_on_terminal"],
    [{ action: "walk_away" }, "action_required", "check_on_terminal"],
  ];
  for (const [body, status, detail] of ends) {
    it(`when the person does ${JSON.stringify(body)}, then the order ends ${status} and the seller is told`, async () => {
      const { url, received } = await receiver();
      const sandbox = await start({ webhookUrl: url });
      const order = await create();
      expect((await act(sandbox, body)).body.status).toBe(status);
      const read = await mp().order.get({ id: order.id });
      expect(read).toMatchObject({ status, transactions: { payments: [{ status, status_detail: detail }] } });
      await until(() => received.length === 1);
      expect(received[0]?.body).toMatchObject({ action: `order.${status}`, data: { type: "point", version: 3 } });
      expect((await act(sandbox, { action: "approve" })).body.code).toBe("nothing-at-terminal");
      expect((await sandbox.authorized("POST", `/v1/orders/${order.id}/cancel`, { key: "k" })).status).toBe(409);
    });
  }

  it("when the machine shows the charge, then a cancel needs its header, and is done by the machine later", async () => {
    const { url, received } = await receiver();
    const { send, authorized, advance, faults } = await start({ webhookUrl: url });
    await faults({ terminal_delay_ms: 5000 });
    const order = await create();
    await send("POST", `/sandbox/terminals/${testTerminal}/fetch`);
    expect(await mp().order.get({ id: order.id })).toMatchObject({
      status: "at_terminal",
      transactions: { payments: [{ status_detail: "waiting_payment" }] },
    });
    expect(await authorized("POST", `/v1/orders/${order.id}/cancel`, { key: "a" })).toMatchObject({
      status: 409,
      body: { errors: [{ code: "cannot_cancel_order" }] },
    });
    const headers = { "x-allow-cancelable-status": "at_terminal" };
    const asked = await authorized("POST", `/v1/orders/${order.id}/cancel`, { key: "b", headers });
    expect(asked).toMatchObject({
      status: 202,
      body: { status: "at_terminal", transactions: { payments: [{ status_detail: "cancellation_requested" }] } },
    });
    await advance(5000);
    await until(() => received.length === 1);
    expect(received[0]?.body).toMatchObject({ action: "order.canceled" });
    expect(await mp().order.get({ id: order.id })).toMatchObject({
      status: "canceled",
      transactions: { payments: [{ status_detail: "canceled_by_api" }] },
    });
  });

  it("when nobody does anything, then the order expires, at the machine too", async () => {
    const { send, advance } = await start();
    const order = await create();
    await send("POST", `/sandbox/terminals/${testTerminal}/fetch`);
    await advance(300_001);
    expect(await mp().order.get({ id: order.id })).toMatchObject({ status: "expired", status_detail: "expired" });
    expect((await send("GET", `/sandbox/terminals/${testTerminal}`)).body.charge).toBeNull();
  });
});

describe("the documented simulation", () => {
  it("when an event is sent, then the order passes through the machine and ends by webhook", async () => {
    const { url, received } = await receiver();
    const { authorized, faults, advance } = await start({ webhookUrl: url });
    await faults({ terminal_delay_ms: 5000 });
    const order = await create();
    const events = `/v1/orders/${order.id}/events`;
    expect((await authorized("POST", events, { body: { status: "refunded" } })).status).toBe(409);
    const body = { status: "processed", payment_method_type: "credit_card", installments: 3 };
    expect((await authorized("POST", events, { body })).status).toBe(204);
    expect((await mp().order.get({ id: order.id })).status).toBe("at_terminal");
    await advance(5000);
    expect(await mp().order.get({ id: order.id })).toMatchObject({
      status: "processed",
      transactions: { payments: [{ payment_method: { id: "master", type: "credit_card", installments: 3 } }] },
    });
    expect((await authorized("POST", events, { body: { status: "refunded" } })).status).toBe(204);
    await advance(1000);
    await until(() => received.length === 2);
    expect(received.map((notice) => notice.body["action"])).toEqual(["order.processed", "order.refunded"]);
    expect((await authorized("POST", events, { body: { status: "failed" } })).status).toBe(409);
    expect((await authorized("POST", events, { body: { status: "x" } })).status).toBe(400);
  });
});

describe("machines", () => {
  it("when a till has a machine in PDV mode, then a second one is refused until the first stands alone", async () => {
    const { authorized, send } = await start();
    const second = "NEWLAND_N950__SBX0000002";
    const added = await send("POST", "/sandbox/terminals", { body: { id: second, external_pos_id: "COMANDA01" } });
    expect(added).toMatchObject({ status: 201, body: { operating_mode: "STANDALONE" } });
    const setUp = (...terminals: object[]) => authorized("PATCH", "/terminals/v1/setup", { body: { terminals } });
    expect((await setUp({ id: second, operating_mode: "PDV" })).status).toBe(412);
    const swapped = await setUp(
      { id: testTerminal, operating_mode: "STANDALONE" },
      { id: second, operating_mode: "PDV" },
    );
    expect(swapped).toMatchObject({ status: 200, body: { terminals: [{}, { id: second, operating_mode: "PDV" }] } });
    const listed = await authorized("GET", "/terminals/v1/list");
    expect(listed.body).toMatchObject({
      data: { terminals: [{ id: testTerminal, operating_mode: "STANDALONE", external_pos_id: "COMANDA01" }, {}] },
      paging: { total: 2 },
    });
    expect((await setUp({ id: "X_Y__Z", operating_mode: "PDV" })).status).toBe(404);
  });

  it("when its page is opened, then it is a page of its own; when there is none, then a 404 says so", async () => {
    const { send } = await start();
    const page = await send("GET", `/terminal/${testTerminal}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain("Aguardando cobrança");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await send("GET", "/terminal/NADA")).status).toBe(404);
  });
});
