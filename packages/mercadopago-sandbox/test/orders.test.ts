import { MPAuthenticationError, MPBadRequestError, MPIdempotencyError, MPNotFoundError } from "mercadopago";
import { hasError, parsePix } from "pix-utils";
import { describe, expect, it } from "vitest";
import { sellerOfToken } from "../src/sellers.ts";
import { createQrOrder, mp, qrOrder, start, until } from "./harness.ts";

describe("create a QR order", () => {
  it("when the SDK creates one, then it is answered open, with a code every bank's reader accepts", async () => {
    await start();
    const order = await createQrOrder();
    expect(order).toMatchObject({
      status: "created",
      status_detail: "created",
      type: "qr",
      processing_mode: "automatic",
      total_amount: "25.90",
      currency: "BRL",
      country_code: "BRA",
      expiration_time: "PT5M",
      config: { qr: { external_pos_id: "COMANDA01", mode: "dynamic" } },
      transactions: { payments: [{ amount: "25.90", status: "created", status_detail: "ready_to_process" }] },
      api_response: { status: 201 },
    });
    expect(order.id).toMatch(/^ORDTST[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(order.paymentId).toMatch(/^PAY[0-9A-HJKMNP-TV-Z]{26}$/);
    const read = parsePix(order.qrCode);
    expect(hasError(read)).toBe(false);
    expect(read).toMatchObject({ type: "DYNAMIC" });
    expect(order.qrCode).toContain("540525.90");
    expect(order.qrCode).toContain("SIMULADOR");
  });

  it("when it is read and searched by the SDK, then it is the same order", async () => {
    await start();
    const created = await createQrOrder();
    await createQrOrder();
    const { api_response: _first, ...got } = await mp().order.get({ id: created.id });
    expect(created).toMatchObject(got);
    const found = await mp().order.search({
      options: {
        begin_date: "2020-01-01T00:00:00Z",
        end_date: "2099-01-01T00:00:00Z",
        external_reference: created.reference,
      },
    });
    expect(found).toMatchObject({ data: [{ id: created.id }], paging: { total: "1" } });
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    ["has a member Mercado Pago does not know there", { payer: { email: "a@b.c" } }, "unsupported_properties"],
    ["lacks its reference", { external_reference: undefined }, "required_properties"],
    ["has an amount that is a number", { transactions: { payments: [{ amount: 25.9 }] } }, "property_type"],
    ["has an amount with one decimal", { transactions: { payments: [{ amount: "25.9" }] } }, "property_value"],
    ["has two payments", { transactions: { payments: [{ amount: "1.00" }, { amount: "1.00" }] } }, "maximum_items"],
    ["has no payment", { transactions: { payments: [] } }, "minimum_items"],
    ["has another total", { total_amount: "25.91" }, "invalid_total_amount"],
    ["asks nothing", { total_amount: undefined, transactions: { payments: [{ amount: "0.00" }] } }, "property_value"],
    ["expires too soon", { expiration_time: "PT29S" }, "property_value"],
    ["names an unknown till", { config: { qr: { external_pos_id: "OUTRO" } } }, "property_value"],
    ["has a reference with a space", { external_reference: "a b" }, "property_value"],
    ["has another type", { type: "pix" }, "property_value"],
  ];
  for (const [what, change, code] of wrong) {
    it(`when the body ${what}, then it is refused with ${code}`, async () => {
      const { authorized } = await start();
      const answer = await authorized("POST", "/v1/orders", { body: qrOrder(change), key: "k" });
      expect(answer.status).toBe(400);
      expect(answer.body.errors.map((error: { code: string }) => error.code)).toContain(code);
    });
  }

  it("when the body is no JSON, then it is refused with json_syntax_error", async () => {
    const { authorized } = await start();
    const answer = await authorized("POST", "/v1/orders", { body: "{oops", key: "k" });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: "json_syntax_error" }] } });
  });

  it("when the token is missing or unknown, then the flat 401 of this family is answered, with a request id", async () => {
    const { send } = await start();
    const missing = await send("POST", "/v1/orders", { body: qrOrder() });
    expect(missing).toMatchObject({
      status: 401,
      body: { code: "unauthorized", message: "authorization value not present" },
    });
    expect(missing.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    const unknown = await send("GET", "/v1/orders/x", { headers: { authorization: "Bearer nope" } });
    expect(unknown).toMatchObject({ status: 401, body: { code: "unauthorized" } });
    await expect(mp("nope").order.get({ id: "x" })).rejects.toThrow(MPAuthenticationError);
    await expect(mp().order.get({ id: "x" })).rejects.toThrow(MPBadRequestError);
  });

  it("when the id is unknown or another seller's, then both look the same", async () => {
    const other = sellerOfToken({ accessToken: "APP_USR-1-x-7", webhookSecret: "s", webhookUrl: null });
    const { send } = await start({ otherSellers: [other] });
    const order = await createQrOrder();
    const headers = { authorization: "Bearer APP_USR-1-x-7" };
    const foreign = await send("GET", `/v1/orders/${order.id}`, { headers });
    const unknown = await send("GET", `/v1/orders/ORD${"0".repeat(26)}`, { headers });
    expect(foreign).toMatchObject({ status: 404, body: { errors: [{ code: "order_not_found" }] } });
    expect(foreign.text).toBe(unknown.text);
    await expect(mp().order.get({ id: `ORD${"0".repeat(26)}` })).rejects.toThrow(MPNotFoundError);
  });
});

describe("pay, cancel, expire", () => {
  it("when the customer pays, then the order is processed and its payment can be read by number", async () => {
    const { pay } = await start();
    const order = await createQrOrder();
    expect(await pay({ qr_code: order.qrCode })).toMatchObject({ status: 200, body: { status: "processed" } });
    const paid = await mp().order.get({ id: order.id });
    expect(paid).toMatchObject({ status: "processed", status_detail: "accredited", total_paid_amount: "25.90" });
    const [transaction] = paid.transactions?.payments ?? [];
    expect(transaction).toMatchObject({ paid_amount: "25.90", payment_method: { id: "account_money" } });
    const payment = await mp().payment.get({ id: transaction?.reference_id ?? "" });
    expect(payment).toMatchObject({
      status: "approved",
      transaction_amount: 25.9,
      external_reference: order.reference,
      point_of_interaction: { type: "INSTORE", references: [{ type: "ORDER_MP", id: order.id }] },
    });
  });

  it("when the bank refuses, then the order stays open, nothing shows, and it can still be paid", async () => {
    const { pay, ledger } = await start();
    const order = await createQrOrder();
    const before = await mp().order.get({ id: order.id });
    expect(await pay({ qr_code: order.qrCode, outcome: "rejected" })).toMatchObject({
      status: 200,
      body: { status: "created" },
    });
    const { api_response: _a, ...after } = await mp().order.get({ id: order.id });
    expect(before).toMatchObject(after);
    expect((await ledger(order.reference)).charges[0]).toMatchObject({
      refused_attempts: 1,
      times_paid: 0,
      version: 1,
    });
    expect((await pay({ qr_code: order.qrCode })).status).toBe(200);
  });

  it("when the seller cancels, then the order is canceled once and can no longer be paid", async () => {
    const { pay, authorized } = await start();
    const order = await createQrOrder();
    expect(await mp().order.cancel({ id: order.id })).toMatchObject({
      status: "canceled",
      status_detail: "canceled",
      transactions: { payments: [{ status: "canceled", status_detail: "canceled_by_api" }] },
      api_response: { status: 200 },
    });
    await expect(mp().order.cancel({ id: order.id })).rejects.toThrow(MPIdempotencyError);
    const again = await authorized("POST", `/v1/orders/${order.id}/cancel`, { key: "other" });
    expect(again).toMatchObject({ status: 409, body: { errors: [{ code: "order_already_canceled" }] } });
    expect(await pay({ qr_code: order.qrCode })).toMatchObject({ status: 409, body: { code: "charge-canceled" } });
  });

  // Protects the race of reality: the customer pays while the kiosk gives up. Exactly one of the two may win.
  it("when paying and cancelling race, then exactly one wins and the order agrees with it", async () => {
    const { pay, authorized } = await start();
    for (let round = 0; round < 10; round += 1) {
      const order = await createQrOrder();
      const cancelling = () => authorized("POST", `/v1/orders/${order.id}/cancel`, { key: crypto.randomUUID() });
      const paying = () => pay({ qr_code: order.qrCode });
      const [canceled, paid] =
        round % 2 === 0
          ? await Promise.all([cancelling(), paying()])
          : (await Promise.all([paying(), cancelling()])).toReversed();
      expect([canceled?.status, paid?.status].toSorted()).toEqual([200, 409]);
      const { status } = await mp().order.get({ id: order.id });
      expect(status).toBe(paid?.status === 200 ? "processed" : "canceled");
      if (canceled?.status === 409) expect(canceled.body.errors[0].code).toBe("cannot_cancel_order");
    }
  });

  it("when two phones pay the same code at once, then one pays and the ledger counts it once", async () => {
    const { pay, ledger } = await start();
    const order = await createQrOrder();
    const answers = await Promise.all([1, 2, 3, 4].map(() => pay({ qr_code: order.qrCode })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    expect((await ledger(order.reference)).totals).toMatchObject({
      paid: 1,
      paid_cents: 2590,
      references_paid_more_than_once: [],
    });
  });

  it("when its time is over, then the order expires by itself and can no longer be paid", async () => {
    const { pay, advance } = await start();
    const order = await createQrOrder({ expiration_time: "PT30S" });
    await advance(29_000);
    expect((await mp().order.get({ id: order.id })).status).toBe("created");
    await advance(1100);
    expect(await mp().order.get({ id: order.id })).toMatchObject({ status: "expired", status_detail: "expired" });
    expect(await pay({ qr_code: order.qrCode })).toMatchObject({ status: 409, body: { code: "charge-expired" } });
  });

  it("when the order hangs on the till's printed code, then that code pays it", async () => {
    const { pay, authorized } = await start();
    const [till] = (await authorized("GET", "/pos?external_id=COMANDA01")).body.results;
    expect((await pay({ qr_code: till.qr_code })).status).toBe(404);
    const order = await createQrOrder({ config: { qr: { external_pos_id: "COMANDA01", mode: "static" } } });
    expect(order.type_response).toBeUndefined();
    expect(await pay({ qr_code: till.qr_code })).toMatchObject({ status: 200, body: { id: order.id } });
  });
});

describe("refund an order", () => {
  const paidOrder = async (pay: (code: object) => Promise<unknown>) => {
    const order = await createQrOrder();
    await pay({ qr_code: order.qrCode });
    return order;
  };

  it("when the whole is refunded, then the answer says processing and the order ends refunded", async () => {
    const { pay, ledger } = await start();
    const order = await paidOrder(pay);
    const answer = await mp().order.refund({ id: order.id });
    expect(answer).toMatchObject({
      id: order.id,
      status: "processed",
      status_detail: "accredited",
      transactions: { refunds: [{ transaction_id: order.paymentId, amount: "25.90", status: "processing" }] },
      api_response: { status: 201 },
    });
    expect((await ledger()).totals).toMatchObject({ refunding_cents: 2590, refunded_cents: 0 });
    const ended = await until(async () => {
      const now = await mp().order.get({ id: order.id });
      return now.status === "refunded" ? now : null;
    });
    expect(ended).toMatchObject({ status_detail: "refunded", transactions: { refunds: [{ status: "processed" }] } });
    expect((await ledger()).totals).toMatchObject({ refunding_cents: 0, refunded_cents: 2590, net_cents: 0 });
    await expect(mp().order.refund({ id: order.id })).rejects.toThrow(MPIdempotencyError);
  });

  it("when a part is refunded, then the order stays processed, partially refunded", async () => {
    const { pay, advance } = await start();
    const order = await paidOrder(pay);
    await mp().order.refund({ id: order.id, body: { transactions: [{ id: order.paymentId, amount: "10.00" }] } });
    await advance(1000);
    expect(await mp().order.get({ id: order.id })).toMatchObject({
      status: "processed",
      status_detail: "partially_refunded",
      transactions: { refunds: [{ amount: "10.00", status: "processed" }] },
    });
  });

  it("when the refund cannot be, then the code says why", async () => {
    const { pay, authorized, advance } = await start();
    const open = await createQrOrder();
    const order = await paidOrder(pay);
    const refund = (id: string, body?: object) =>
      authorized("POST", `/v1/orders/${id}/refund`, { body, key: crypto.randomUUID() });
    const codeOf = async (answer: ReturnType<typeof refund>) => (await answer).body.errors[0].code;
    expect(await codeOf(refund(open.id))).toBe("cannot_refund_order");
    expect(await codeOf(refund(order.id, { transactions: [{ id: order.paymentId, amount: "25.91" }] }))).toBe(
      "refund_amount_exceeds",
    );
    expect(await codeOf(refund(order.id, { transactions: [{ id: `PAY${"0".repeat(26)}`, amount: "1.00" }] }))).toBe(
      "transaction_not_found",
    );
    await refund(order.id, { transactions: [{ id: order.paymentId, amount: "1.00" }] });
    expect(await codeOf(refund(order.id))).toBe("refund_in_progress");
    await advance(1000);
    expect((await refund(order.id)).body.transactions.refunds[0].amount).toBe("24.90");
    await advance(1000);
    expect(await codeOf(refund(order.id))).toBe("order_already_refunded");
  });

  it("when a refund fails at the bank, then the order stays paid", async () => {
    const { pay, faults, advance, ledger } = await start();
    const order = await paidOrder(pay);
    await faults({ refund_failure_rate: 1 });
    await mp().order.refund({ id: order.id });
    await advance(1000);
    expect(await mp().order.get({ id: order.id })).toMatchObject({ status: "processed", status_detail: "accredited" });
    expect((await ledger()).totals).toMatchObject({ refunded_cents: 0, refunding_cents: 0, net_cents: 2590 });
  });
});
