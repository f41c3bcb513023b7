import { createHmac, randomUUID } from "node:crypto";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ACCESS_TOKEN, type Harness, startHarness, WEBHOOK_SECRET } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isProviderTampered: true });
});
afterAll(() => harness.close());
afterEach(async () => {
  harness.proxy.refuse(null);
  harness.proxy.tamper(null);
  await harness.clearFaults();
});

/** A Pix of `reais` under the charge's own reference, begun and paid: what no regular way leads to. */
async function payBeside(reference: string, reais: number): Promise<void> {
  const response = await fetch(`${harness.sandbox.url}/v1/payments`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${ACCESS_TOKEN}`,
      "x-idempotency-key": randomUUID(),
    },
    body: JSON.stringify({
      transaction_amount: reais,
      payment_method_id: "pix",
      external_reference: reference,
      payer: { email: "guest@testuser.com" },
    }),
  });
  const payment = (await response.json()) as { point_of_interaction: { transaction_data: { qr_code: string } } }; // the sandbox's own answer
  await harness.pay({ qr_code: payment.point_of_interaction.transaction_data.qr_code });
}

const strayOf = (id: string, status: string) =>
  waitFor(
    async () => {
      const charge = await harness.store.get(id);
      return charge?.refunds.some((refund) => refund.strayPaymentId !== null && refund.status === status)
        ? charge
        : null;
    },
    { timeoutMs: 10_000, description: `the stray money of ${id} to be ${status}` },
  );
const wasShouted = (alarm: string, id: string) =>
  harness.lines.some((line) => line.includes(`"${alarm}"`) && line.includes(id));

/** The payment of a charge, as the provider would show it once somebody complained. */
function dispute(reference: string, words: { status: string; status_detail: string }, isLater = 1): void {
  const changed = (body: unknown): unknown => {
    if (typeof body !== "object" || body === null) return body;
    const results: unknown = Reflect.get(body, "results");
    if (Array.isArray(results)) return { ...body, results: results.map(changed) };
    if (Reflect.get(body, "external_reference") !== reference) return body;
    return { ...body, ...words, date_last_updated: new Date(Date.now() + isLater * 1_000).toISOString() };
  };
  harness.proxy.tamper(({ path }, { body }) => (path.startsWith("/v1/payments") ? changed(body) : body));
}

/** A signed notification that speaks of a payment. */
function notify(id: string, more: Record<string, unknown> = {}) {
  const [ts, requestId] = [String(Date.now()), randomUUID()];
  const hash = createHmac("sha256", WEBHOOK_SECRET).update(`id:${id};request-id:${requestId};ts:${ts};`).digest("hex");
  return harness.service.app.inject({
    method: "POST",
    url: `/payments/webhook?data.id=${id}&type=payment`,
    headers: {
      "content-type": "application/json",
      "x-request-id": requestId,
      "x-signature": `ts=${ts},v1=${hash}`,
    },
    payload: JSON.stringify({ type: "payment", data: { id }, ...more }),
  });
}

async function paidLink() {
  const charge = await harness.request({ method: "link" });
  await harness.pay({ payment_link: charge.payment_link });
  const paid = await harness.becomes(charge.id, "approved");
  return { id: charge.id as string, paymentId: paid?.providerPaymentId ?? "" }; // an id is a string
}

describe("money that came beside", () => {
  it("when a link is paid twice, then the first counts and the second goes back by itself", async () => {
    const { id } = await paidLink();
    await payBeside(id, 42.9);
    const charge = await strayOf(id, "done");
    expect(charge).toMatchObject({ status: "approved", refundedCents: 0 });
    expect(charge?.refunds).toMatchObject([{ amountCents: 4290, reason: "pago em duplicidade" }]);
    expect(wasShouted("paid-twice", id)).toBe(true);
    const held = (await harness.ledgerOf(id)).map((row) => row.times_paid * row.amount_cents - row.refunded_cents);
    expect(held.reduce((sum, cents) => sum + cents, 0)).toBe(4290);
  });

  it("when a second payment came and no notice of it, then it is found and goes back", async () => {
    const { id } = await paidLink();
    await harness.faults({ webhooks: "drop" });
    await payBeside(id, 42.9);
    // The next look is a minute away: here it comes at once.
    const charge = await harness.store.get(id);
    if (charge === null) throw new Error("the charge is gone");
    expect(charge.nextCheckAt).not.toBeNull();
    await harness.store.replace({ ...charge, version: charge.version + 1, nextCheckAt: new Date() }, charge.version);
    await strayOf(id, "done");
  });

  it.each([42.89, 42.91, 1, 500])("when R$ %d is paid instead of R$ 42,90, then it goes back whole", async (reais) => {
    const { id, payment_link } = await harness.request({ method: "link" });
    await payBeside(id, reais);
    const charge = await strayOf(id, "done");
    expect(charge).toMatchObject({ status: "pending", approvedAt: null });
    expect(charge?.refunds).toMatchObject([{ amountCents: Math.round(reais * 100), reason: "pago com valor errado" }]);
    expect(wasShouted("wrong-amount", id)).toBe(true);
    // The right amount is still welcome.
    await harness.pay({ payment_link });
    await harness.becomes(id, "approved");
  });

  it("when a QR was paid with a wrong amount, then the attempt is over and all of it goes back", async () => {
    const charge = await harness.request();
    harness.proxy.tamper((_call, { body }) =>
      typeof body === "object" && body !== null && Reflect.get(body, "total_paid_amount") !== undefined
        ? { ...body, total_paid_amount: "42.89" }
        : body,
    );
    await harness.pay({ qr_code: charge.qr_code });
    const rejected = await strayOf(charge.id, "done");
    expect(rejected).toMatchObject({ status: "rejected", approvedAt: null });
    expect(await harness.ledgerOf(charge.id)).toMatchObject([{ times_paid: 1, refunded_cents: 4290 }]);
  });
});

describe("payers of links", () => {
  it("when the payment page cannot be told who pays, then the link is there all the same", async () => {
    harness.proxy.refuse(({ method, path }) =>
      method === "PUT" && path.startsWith("/checkout/preferences")
        ? { status: 500, body: { message: "no", error: "internal_error", status: 500, cause: [] } }
        : null,
    );
    const link = await harness.request({ method: "link", payer: { email: "canary@example.com" } });
    expect(link).toMatchObject({ status: "pending", payment_link: expect.stringMatching(/^http/) });
    expect(harness.lines.join("")).toContain("the payment page does not know the payer");
    expect(harness.lines.join("")).not.toContain("canary@");
  });
});

describe("disputes", () => {
  it("when a payment is disputed and won, then the charge is as it was", async () => {
    const { id, paymentId } = await paidLink();
    dispute(id, { status: "in_mediation", status_detail: "pending" });
    await notify(paymentId);
    await harness.becomes(id, "in_dispute");
    expect(wasShouted("disputed", id)).toBe(true);
    dispute(id, { status: "approved", status_detail: "accredited" }, 2);
    await notify(paymentId);
    await harness.becomes(id, "approved");
  });

  it("when a chargeback is settled and then reimbursed, then the money is ours again", async () => {
    const { id, paymentId } = await paidLink();
    dispute(id, { status: "charged_back", status_detail: "settled" });
    await notify(paymentId);
    await harness.becomes(id, "charged_back");
    dispute(id, { status: "charged_back", status_detail: "reimbursed" }, 2);
    await notify(paymentId);
    await harness.becomes(id, "approved");
  });

  it("when the payment behind a QR is charged back, then the charge is, and stays so", async () => {
    const charge = await harness.request();
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved");
    const order = await harness.toSandbox(`/v1/orders/${charge.provider_id}`);
    const payments: { reference_id: string }[] = order.body["transactions"]?.["payments"] ?? [];
    dispute(charge.id, { status: "charged_back", status_detail: "settled" });
    await notify(String(payments[0]?.reference_id));
    await harness.becomes(charge.id, "charged_back");
  });
});

describe("refunds that fail", () => {
  const refuseForBalance = () =>
    harness.proxy.refuse(({ method, path }) =>
      method === "POST" && path.endsWith("/refund")
        ? { status: 409, body: { errors: [{ code: "insufficient_money_for_refund", message: "no balance" }] } }
        : null,
    );
  const retry = (id: string, refundId: string) =>
    harness.call("POST", `/payments/${id}/refunds/${refundId}/retry`, { as: "admin" });

  it("when the balance is too low, then the refund fails aloud, and an administrator tries again", async () => {
    const charge = await harness.request();
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved");
    refuseForBalance();
    const asked = await harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin" });
    const refundId: string = asked.json().refund.id;
    await harness.becomes(charge.id, "approved");
    expect(wasShouted("refund-failed", charge.id)).toBe(true);
    harness.proxy.refuse(null);
    const retried = await retry(charge.id, refundId);
    expect(retried.json()).toMatchObject({ status: "refund_pending", refund: { amount_cents: 4290 } });
    const again = await retry(charge.id, refundId);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.json().refund.id).toBe(retried.json().refund.id);
    await harness.becomes(charge.id, "refunded");
    expect(await harness.ledgerOf(charge.id)).toMatchObject([{ refunded_cents: 4290 }]);
    expect((await retry(charge.id, again.json().refund.id)).json().code).toBe("refund-not-failed");
    expect((await retry(charge.id, charge.id)).statusCode).toBe(404);
  });

  it("when giving stray money back fails, then it can be tried again", async () => {
    const { id } = await paidLink();
    harness.proxy.refuse(({ method, path }) =>
      method === "POST" && path.endsWith("/refunds")
        ? {
            status: 400,
            body: { message: "no balance", error: "insufficient_money_for_refund", status: 400, cause: [] },
          }
        : null,
    );
    await payBeside(id, 42.9);
    const charge = await strayOf(id, "failed");
    harness.proxy.refuse(null);
    const failed = charge?.refunds[0]?.id ?? "";
    const answers = await Promise.all([retry(id, failed), retry(id, failed)]);
    expect(new Set(answers.map((answer) => answer.json().refund.id)).size).toBe(1);
    expect(await strayOf(id, "done")).toMatchObject({ status: "approved", refundedCents: 0 });
  });
});

describe("notifications for another seller", () => {
  it.each([
    ["user_id", { user_id: "999" }],
    ["application_id", { application_id: 999 }],
    ["live_mode", { live_mode: true }],
  ])("when its %s is another's, then 200, an alarm, and no work (PA-10)", async (foreign, more) => {
    const id = String(Math.floor(Math.random() * 1e11));
    expect((await notify(id, more)).statusCode).toBe(200);
    expect(harness.lines.some((line) => line.includes("other-seller") && line.includes(foreign))).toBe(true);
    expect((await harness.database.pool.query("select 1 from notices where resource_id = $1", [id])).rowCount).toBe(0);
  });

  it("when it names us, then it is taken", async () => {
    const id = String(Math.floor(Math.random() * 1e11));
    await notify(id, { user_id: 2000000001, application_id: "1000000000000001", live_mode: false });
    expect((await harness.database.pool.query("select 1 from notices where resource_id = $1", [id])).rowCount).toBe(1);
  });
});
