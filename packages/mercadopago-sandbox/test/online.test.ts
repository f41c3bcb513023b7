import { MPPaymentError } from "mercadopago";
import { describe, expect, it } from "vitest";
import { createCardToken, mp, onlineOrder, receiver, start, until } from "./harness.ts";

const create = async (change: Record<string, unknown> = {}) => {
  const order = await mp().order.create({ body: onlineOrder(change) as never }); // typed too narrowly by the SDK
  return { ...order, id: order.id ?? "", paymentId: order.transactions?.payments?.[0]?.id ?? "" };
};
const withCard = async (holder = "APRO", change: Record<string, unknown> = {}) => {
  const { id: token } = await createCardToken(holder);
  const method = { id: "master", type: "credit_card", token, installments: 1 };
  return { transactions: { payments: [{ amount: "25.90", payment_method: method }] }, ...change };
};

describe("online orders by card", () => {
  it("when the holder is APRO, then it is processed at once; when refunded in part and whole, then so at once", async () => {
    const { url, received } = await receiver();
    const { ledger } = await start({ webhookUrl: url });
    const order = await create(await withCard());
    expect(order).toMatchObject({
      status: "processed",
      status_detail: "accredited",
      transactions: { payments: [{ status: "processed", payment_method: { id: "master", installments: 1 } }] },
    });
    const body = { transactions: [{ id: order.paymentId, amount: "5.00" }] };
    expect(await mp().order.refund({ id: order.id, body })).toMatchObject({
      status: "processed",
      status_detail: "partially_refunded",
      transactions: { refunds: [{ amount: "5.00", status: "processed" }] },
    });
    expect(await mp().order.refund({ id: order.id })).toMatchObject({
      status: "refunded",
      transactions: { refunds: [{ amount: "20.90", status: "processed" }] },
    });
    expect((await ledger()).totals).toMatchObject({ paid_cents: 2590, refunded_cents: 2590, net_cents: 0 });
    await until(() => received.length === 3);
  });

  const refused: [string, string][] = [
    ["OTHE", "rejected_by_issuer"],
    ["CALL", "required_call_for_authorize"],
    ["FUND", "insufficient_amount"],
    ["SECU", "bad_filled_card_data"],
    ["EXPI", "bad_filled_card_data"],
    ["FORM", "bad_filled_card_data"],
  ];
  for (const [holder, detail] of refused) {
    it(`when the holder is ${holder}, then a 402 carries the failed order, and its key replays it`, async () => {
      const { authorized } = await start();
      const body = onlineOrder(await withCard(holder));
      const answer = await authorized("POST", "/v1/orders", { body, key: "k" });
      const id = answer.body.data.id;
      const paymentId = answer.body.data.transactions.payments[0].id;
      expect(answer).toMatchObject({
        status: 402,
        body: {
          errors: [{ code: "failed", details: [`${paymentId}: ${detail}`] }],
          data: { status: "failed", transactions: { payments: [{ status: "failed", status_detail: detail }] } },
        },
      });
      expect((await authorized("POST", "/v1/orders", { body, key: "k" })).body.data.id).toBe(id);
      expect(await mp().order.get({ id })).toMatchObject({ status: "failed" });
    });
  }

  it("when the holder is CONT, then it is processing until somebody decides", async () => {
    const { pay } = await start();
    const order = await create(await withCard("CONT"));
    expect(order).toMatchObject({ status: "processing", status_detail: "in_process" });
    await pay({ id: order.id });
    expect((await mp().order.get({ id: order.id })).status).toBe("processed");
  });

  it("when a token was used or never was, then the order fails, through the SDK's own error", async () => {
    await start();
    const card = await withCard();
    await create(card);
    await expect(create(card)).rejects.toThrow(MPPaymentError);
  });

  it("when the capture is manual, then it waits for it, and can be captured once or canceled", async () => {
    await start();
    const first = await create(await withCard("APRO", { capture_mode: "manual" }));
    expect(first).toMatchObject({ status: "action_required", status_detail: "waiting_capture" });
    expect(await mp().order.capture({ id: first.id })).toMatchObject({ status: "processed" });
    await expect(mp().order.capture({ id: first.id })).rejects.toMatchObject({ status: 409 });
    const second = await create(await withCard("APRO", { capture_mode: "manual" }));
    expect(await mp().order.cancel({ id: second.id })).toMatchObject({
      status: "canceled",
      transactions: { payments: [{ status: "canceled", status_detail: "canceled_transaction" }] },
    });
  });

  it("when the capture is asynchronous, then it comes by itself, unless captured or canceled before", async () => {
    const { advance } = await start();
    const asynchronous = async () => create(await withCard("APRO", { capture_mode: "automatic_async" }));
    const [left, taken, dropped] = [await asynchronous(), await asynchronous(), await asynchronous()];
    expect(left.status).toBe("processing");
    expect(await mp().order.capture({ id: taken.id })).toMatchObject({ status: "processed" });
    expect(await mp().order.cancel({ id: dropped.id })).toMatchObject({ status: "canceled" });
    await advance(1000);
    expect((await mp().order.get({ id: left.id })).status).toBe("processed");
    expect((await mp().order.get({ id: dropped.id })).status).toBe("canceled");
  });
});

describe("manual online orders", () => {
  it("when its payment is added, changed, removed and added again, then it is processed with the last", async () => {
    await start();
    const order = await create({ processing_mode: "manual" });
    expect(order).toMatchObject({ status: "created", processing_mode: "manual", transactions: { payments: [] } });
    const { transactions } = await withCard("APRO");
    const added = await mp().order.createTransaction({ id: order.id, body: transactions as never });
    const transactionId = added.payments?.[0]?.id ?? "";
    expect(transactionId).toMatch(/^PAY/);
    const changed = await mp().order.updateTransaction({
      id: order.id,
      transactionId,
      body: { payment_method: { installments: 3 } } as never,
    });
    expect(changed).toMatchObject({ payment_method: { id: "master", installments: 3 } });
    const removed = await mp().order.deleteTransaction({ id: order.id, transactionId });
    expect(removed.api_response.status).toBe(204);
    await expect(mp().order.process({ id: order.id })).rejects.toMatchObject({ status: 400 });
    await mp().order.createTransaction({ id: order.id, body: (await withCard()).transactions as never });
    expect(await mp().order.process({ id: order.id })).toMatchObject({ status: "processed" });
    await expect(mp().order.process({ id: order.id })).rejects.toMatchObject({ status: 400 });
  });
});

describe("online orders by Pix", () => {
  const pix = (payer: object) => ({
    payer,
    transactions: { payments: [{ amount: "25.90", payment_method: { id: "pix", type: "bank_transfer" } }] },
  });

  it("when it is created, then it waits with a code that the wallet pays", async () => {
    const { pay, send } = await start();
    const order = await create(pix({ email: "test_user_br@testuser.com" }));
    expect(order).toMatchObject({ status: "action_required", status_detail: "waiting_transfer" });
    const method = order.transactions?.payments?.[0]?.payment_method;
    expect(method?.qr_code).toContain("br.gov.bcb.pix");
    expect((await send("GET", new URL(method?.ticket_url ?? "").pathname)).text).toContain("Pague com Pix");
    await pay({ qr_code: method?.qr_code });
    expect(await mp().order.get({ id: order.id })).toMatchObject({ status: "processed", total_paid_amount: "25.90" });
  });

  it("when its code takes a while, then the order is processing without one, and read again it is there", async () => {
    const { faults, advance, pay } = await start();
    await faults({ pix_delay_ms: 5_000 });
    const order = await create(pix({ email: "test_user_br@testuser.com" }));
    expect(order).toMatchObject({ status: "processing", status_detail: "in_process" });
    expect(order.transactions?.payments?.[0]?.payment_method?.qr_code).toBeUndefined();
    await advance(5_000);
    const later = await mp().order.get({ id: order.id });
    expect(later).toMatchObject({ status: "action_required", status_detail: "waiting_transfer" });
    await pay({ qr_code: later.transactions?.payments?.[0]?.payment_method?.qr_code });
    expect((await mp().order.get({ id: order.id })).status).toBe("processed");
  });

  it("when the payer is the test buyer APRO, then it is paid by itself, and the seller is told twice", async () => {
    const { url, received } = await receiver();
    const { advance } = await start({ webhookUrl: url });
    const order = await create(pix({ email: "test_user_br@testuser.com", first_name: "APRO" }));
    expect(order.status).toBe("action_required");
    await advance(1000);
    expect((await mp().order.get({ id: order.id })).status).toBe("processed");
    await until(() => received.length === 2);
  });

  it("when nobody pays, then it expires; when the e-mail is a real person's, then it is refused", async () => {
    const { advance, authorized } = await start();
    const order = await create(pix({ email: "a@testuser.com" }));
    await advance(24 * 3_600_000 + 1);
    expect((await mp().order.get({ id: order.id })).status).toBe("expired");
    const body = onlineOrder(pix({ email: "someone@example.com" }));
    expect((await authorized("POST", "/v1/orders", { body, key: "k" })).body.errors[0].code).toBe(
      "invalid_email_for_sandbox",
    );
  });
});

describe("payments by card", () => {
  const paymentBy = async (holder: string, change: object = {}) =>
    mp().payment.create({
      body: {
        transaction_amount: 110,
        token: (await createCardToken(holder)).id ?? "",
        installments: 2,
        payer: { email: "a@testuser.com" },
        ...change,
      },
    });

  it("when the holder decides, then the payment ends so, and its number is nowhere", async () => {
    const { send } = await start();
    const approved = await paymentBy("APRO");
    expect(approved).toMatchObject({
      status: "approved",
      payment_method_id: "master",
      installments: 2,
      card: { first_six_digits: "503143", last_four_digits: "6351" },
    });
    expect(JSON.stringify(approved)).not.toContain("5031433215406351");
    expect(await paymentBy("FUND")).toMatchObject({
      status: "rejected",
      status_detail: "cc_rejected_insufficient_amount",
    });
    expect(await paymentBy("CONT")).toMatchObject({ status: "in_process", status_detail: "pending_contingency" });
    expect((await send("GET", "/sandbox/ledger")).body.totals).toMatchObject({
      charges: 3,
      paid: 1,
      paid_cents: 11000,
    });
    await expect(mp().payment.create({ body: { transaction_amount: 1, token: "x", payer: {} } })).rejects.toThrow();
  });

  it("when it is only reserved, then less can be captured, or it is canceled", async () => {
    await start();
    const reserved = await paymentBy("APRO", { capture: false });
    expect(reserved).toMatchObject({ status: "authorized", status_detail: "pending_capture", captured: false });
    expect(await mp().payment.capture({ id: reserved.id ?? 0, transaction_amount: 40 })).toMatchObject({
      status: "approved",
      transaction_amount: 40,
      captured: true,
    });
    const dropped = await paymentBy("APRO", { capture: false });
    expect(await mp().payment.cancel({ id: dropped.id ?? 0 })).toMatchObject({ status: "cancelled" });
  });
});
