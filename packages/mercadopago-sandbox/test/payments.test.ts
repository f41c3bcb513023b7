import { MPBadRequestError, MPNotFoundError } from "mercadopago";
import { hasError, parsePix } from "pix-utils";
import { describe, expect, it } from "vitest";
import { createQrOrder, mp, start, until } from "./harness.ts";

const pixBody = (change: Record<string, unknown> = {}) => ({
  transaction_amount: 25.9,
  payment_method_id: "pix",
  description: "Pedido 7",
  external_reference: crypto.randomUUID(),
  payer: { email: "test_user_br@testuser.com", first_name: "APRO" },
  ...change,
});
const createPix = async (change: Record<string, unknown> = {}) => {
  const payment = await mp().payment.create({ body: pixBody(change) });
  const data = payment.point_of_interaction?.transaction_data;
  return { ...payment, id: payment.id ?? 0, qrCode: data?.qr_code ?? "", ticketUrl: data?.ticket_url ?? "", data };
};

describe("a Pix payment", () => {
  it("when the SDK creates one, then it waits for its transfer with a static code and its picture", async () => {
    await start();
    const payment = await createPix();
    expect(payment).toMatchObject({
      status: "pending",
      status_detail: "pending_waiting_transfer",
      payment_type_id: "bank_transfer",
      transaction_amount: 25.9,
      currency_id: "BRL",
      date_approved: null,
      point_of_interaction: { type: "OPENPLATFORM" },
      api_response: { status: 201 },
    });
    expect(String(payment.id)).toMatch(/^\d{12}$/);
    const read = parsePix(payment.qrCode);
    expect(hasError(read)).toBe(false);
    expect(read).toMatchObject({ type: "STATIC", transactionAmount: 25.9, txid: `mpqrinter${payment.id}` });
    expect(
      Buffer.from(payment.data?.qr_code_base64 ?? "", "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  it("when the phone pays it, then it is approved; when it is refused, then it is rejected", async () => {
    const { pay } = await start();
    const [paid, refused] = [await createPix(), await createPix()];
    expect((await pay({ qr_code: paid.qrCode })).body).toMatchObject({ kind: "payment", status: "approved" });
    expect((await pay({ payment_link: refused.ticketUrl, outcome: "rejected" })).body).toMatchObject({
      status: "rejected",
    });
    expect(await mp().payment.get({ id: paid.id })).toMatchObject({ status: "approved", status_detail: "accredited" });
    expect((await pay({ qr_code: paid.qrCode })).body).toMatchObject({ status: 409, code: "already-paid" });
    expect((await pay({ qr_code: refused.qrCode })).body).toMatchObject({ status: 409, code: "charge-rejected" });
  });

  it("when its time is over or the seller cancels it, then it is cancelled and says which", async () => {
    const { advance, pay } = await start();
    const [lapsed, given] = [await createPix(), await createPix()];
    expect(await mp().payment.cancel({ id: given.id })).toMatchObject({
      status: "cancelled",
      status_detail: "by_collector",
    });
    await expect(mp().payment.cancel({ id: given.id })).rejects.toThrow(MPBadRequestError);
    await expect(mp().payment.capture({ id: lapsed.id, transaction_amount: 1 })).rejects.toThrow(MPBadRequestError);
    await advance(24 * 3_600_000 + 1);
    expect(await mp().payment.get({ id: lapsed.id })).toMatchObject({ status: "cancelled", status_detail: "expired" });
    expect((await pay({ qr_code: lapsed.qrCode })).body).toMatchObject({ code: "charge-expired" });
  });

  it("when payments are searched, then reference, status and date find them, page by page", async () => {
    await start();
    const wanted = await createPix();
    await createPix();
    const found = await mp().payment.search({ options: { external_reference: wanted.external_reference ?? "" } });
    expect(found).toMatchObject({ paging: { total: 1 }, results: [{ id: wanted.id }] });
    expect((await mp().payment.search({ options: { status: "approved" } })).results).toEqual([]);
    const range = {
      range: "date_created",
      begin_date: "2020-01-01T00:00:00Z",
      end_date: "2099-01-01T00:00:00Z",
    } as const;
    const all: unknown[] = [];
    for await (const payment of mp().payment.searchAll({ options: { ...range, limit: 1 } })) all.push(payment.id);
    expect(all).toHaveLength(2);
  });

  it("when a QR order is paid, then its payment is found by reference, time and state, with what went back", async () => {
    const { pay } = await start();
    const [paid] = [await createQrOrder(), await createQrOrder()];
    const search = async (options: Record<string, string>) => (await mp().payment.search({ options })).results ?? [];
    expect(await search({ external_reference: paid.reference })).toEqual([]);
    await pay({ qr_code: paid.qrCode });
    const [found, ...others] = await search({ external_reference: paid.reference });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ status: "approved", transaction_amount_refunded: 0, currency_id: "BRL" });
    expect(await mp().payment.get({ id: found?.id ?? 0 })).toMatchObject({ external_reference: paid.reference });
    const today = { range: "date_created", begin_date: new Date(Date.now() - 60_000).toISOString() };
    expect(await search({ ...today, end_date: new Date(Date.now() + 60_000).toISOString() })).toHaveLength(1);
    expect(await search({ ...today, end_date: today.begin_date })).toEqual([]);
    await mp().order.refund({ id: paid.id });
    await until(async () => (await search({ status: "refunded" })).length);
    const [refunded] = await search({ status: "refunded" });
    expect(refunded?.transaction_amount_refunded).toBe(refunded?.transaction_amount);
  });

  it("when it is updated, then description and metadata change", async () => {
    await start();
    const { id } = await createPix();
    expect(
      await mp().payment.update({ id, body: { description: "outra", metadata: { mesa: 4 } } as never }),
    ).toMatchObject({
      description: "outra",
      metadata: { mesa: 4 },
      status: "pending",
    });
  });

  const wrong: [string, Record<string, unknown>][] = [
    ["has no amount", { transaction_amount: undefined }],
    ["has three decimals", { transaction_amount: 1.005 }],
    ["is negative", { transaction_amount: -1 }],
    ["has no e-mail", { payer: {} }],
    ["expires in less than 30 minutes", { date_of_expiration: new Date(Date.now() + 60_000).toISOString() }],
    ["pays with a card", { payment_method_id: "visa" }],
  ];
  for (const [what, change] of wrong) {
    it(`when the body ${what}, then it is refused in the words of this family`, async () => {
      const { authorized } = await start();
      const answer = await authorized("POST", "/v1/payments", { body: pixBody(change), key: "k" });
      expect(answer.body).toMatchObject({ status: 400, error: "bad_request", cause: [{ code: expect.any(Number) }] });
    });
  }

  it("when the id is unknown or the token is not, then the classic 404 and 401 are answered", async () => {
    const { send, authorized } = await start();
    await expect(mp().payment.get({ id: 1 })).rejects.toThrow(MPNotFoundError);
    expect((await authorized("GET", "/v1/payments/1/")).body).toMatchObject({
      message: "Payment not found",
      error: "not_found",
      status: 404,
      cause: [{ code: 2000 }],
    });
    expect((await send("GET", "/v1/payments/1")).body).toMatchObject({ error: "unauthorized", status: 401, cause: [] });
  });
});

describe("refund a payment", () => {
  const approved = async (pay: (code: object) => Promise<unknown>) => {
    const payment = await createPix();
    await pay({ qr_code: payment.qrCode });
    return payment.id;
  };

  it("when parts are refunded, then they are listed, and together never pass the amount", async () => {
    const { pay } = await start();
    const id = await approved(pay);
    const first = await mp().refund.create({ payment_id: id, body: { amount: 10.4 } });
    expect(first).toMatchObject({ payment_id: id, amount: 10.4, status: "approved", api_response: { status: 201 } });
    expect(await mp().payment.get({ id })).toMatchObject({
      status: "approved",
      status_detail: "partially_refunded",
      transaction_amount_refunded: 10.4,
    });
    await expect(mp().refund.create({ payment_id: id, body: { amount: 15.51 } })).rejects.toThrow(MPBadRequestError);
    await expect(mp().refund.create({ payment_id: id, body: { amount: 0 } })).rejects.toThrow(MPBadRequestError);
    await mp().refund.create({ payment_id: id, body: { amount: 15.5 } });
    expect(await mp().payment.get({ id })).toMatchObject({ status: "refunded", transaction_amount_refunded: 25.9 });
    const list = await mp().refund.list({ payment_id: id });
    expect([...list].map(({ amount }) => amount)).toEqual([10.4, 15.5]);
    expect(await mp().refund.get({ payment_id: id, refund_id: first.id ?? 0 })).toMatchObject({
      id: first.id,
      amount: 10.4,
    });
  });

  it("when the whole is refunded, then nothing is left to refund", async () => {
    const { pay, ledger } = await start();
    const id = await approved(pay);
    expect(await mp().refund.total({ payment_id: id })).toMatchObject({ amount: 25.9, status: "approved" });
    await expect(mp().refund.total({ payment_id: id })).rejects.toThrow(MPBadRequestError);
    expect((await ledger()).totals).toMatchObject({ paid_cents: 2590, refunded_cents: 2590, net_cents: 0, refunds: 1 });
  });

  it("when a refund takes a while, then it is in process, said so only to who can read that, and ends by itself", async () => {
    const { pay, faults, advance, authorized, ledger } = await start();
    const id = await approved(pay);
    await faults({ payment_refund_delay_ms: 60_000 });
    const plain = await authorized("POST", `/v1/payments/${id}/refunds`, { body: { amount: 10.4 }, key: "one" });
    expect([plain.status, plain.body.error]).toEqual([400, "bad_request"]);
    const read = await authorized("POST", `/v1/payments/${id}/refunds`, {
      body: { amount: 15.5 },
      key: "two",
      headers: { "x-render-in-process-refunds": "true" },
    });
    expect([read.status, read.body]).toMatchObject([201, { status: "in_process", amount: 15.5 }]);
    await expect(mp().refund.create({ payment_id: id, body: { amount: 0.01 } })).rejects.toThrow(MPBadRequestError);
    expect(await mp().payment.get({ id })).toMatchObject({ status: "approved", transaction_amount_refunded: 0 });
    expect((await ledger()).totals).toMatchObject({ refunded_cents: 0, refunding_cents: 2590 });
    await advance(60_000);
    expect(await mp().payment.get({ id })).toMatchObject({ status: "refunded", transaction_amount_refunded: 25.9 });
    expect((await ledger()).totals).toMatchObject({ refunded_cents: 2590, refunding_cents: 0 });
  });

  it("when a refund that takes a while is refused in the end, then the money is still here", async () => {
    const { pay, faults, advance } = await start();
    const id = await approved(pay);
    await faults({ payment_refund_delay_ms: 60_000, refund_failure_rate: 1 });
    await expect(mp().refund.total({ payment_id: id })).rejects.toThrow(MPBadRequestError);
    await advance(60_000);
    expect(await mp().payment.get({ id })).toMatchObject({ status: "approved", status_detail: "accredited" });
    expect([...(await mp().refund.list({ payment_id: id }))]).toMatchObject([
      { status: "rejected", amount: 25.9, amount_refunded_to_payer: 0 },
    ]);
    await faults({ payment_refund_delay_ms: 0 });
    expect(await mp().refund.total({ payment_id: id })).toMatchObject({
      status: "approved",
      amount: 25.9,
      amount_refunded_to_payer: 25.9,
    });
  });

  it("when the payment is pending or belongs to an order, then it cannot be refunded here", async () => {
    const { pay } = await start();
    const { id } = await createPix();
    await expect(mp().refund.total({ payment_id: id })).rejects.toThrow(MPBadRequestError);
    const order = await createQrOrder();
    const { payment_id: number } = (await pay({ qr_code: order.qrCode })).body;
    await expect(mp().refund.total({ payment_id: number })).rejects.toThrow(MPBadRequestError);
    await expect(mp().refund.get({ payment_id: id, refund_id: 1 })).rejects.toThrow(MPNotFoundError);
  });
});
