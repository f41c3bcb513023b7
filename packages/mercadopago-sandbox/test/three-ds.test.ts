import { describe, expect, it } from "vitest";
import { mp, onlineOrder, receiver, start, until } from "./harness.ts";

type Validation = "always" | "on_fraud_risk" | "never";

const orderByCard = async (given: { validation: Validation; number?: string; holder?: string }) => {
  const { id: token } = await mp().cardToken.create({
    body: {
      card_number: given.number ?? "5031433215406351",
      expiration_month: "11",
      expiration_year: "2030",
      security_code: "123",
      cardholder: { name: given.holder ?? "APRO" },
    } as never, // the SDK's type lacks the holder
  });
  const security = { validation: given.validation, liability_shift: "required" };
  const order = await mp().order.create({
    body: onlineOrder({
      config: { online: { transaction_security: security } },
      transactions: {
        payments: [{ amount: "25.90", payment_method: { id: "master", type: "credit_card", token, installments: 1 } }],
      },
    }) as never, // the SDK's type wants every member of a payer
  });
  const payment = order.transactions?.payments?.[0];
  return { ...order, id: order.id ?? "", payment, challenge: payment?.payment_method?.transaction_security?.url ?? "" };
};

const paymentOf = async (id: string) => (await mp().order.get({ id })).transactions?.payments?.[0];

describe("3-D Secure", () => {
  it("when it is always wanted, then the buyer is asked on a page, and a yes pays", async () => {
    const { url, received } = await receiver();
    const { send, advance } = await start({ webhookUrl: url });
    const order = await orderByCard({ validation: "always" });
    expect(order).toMatchObject({
      status: "action_required",
      config: { online: { transaction_security: { validation: "always", liability_shift: "required" } } },
    });
    expect(order.payment).toMatchObject({ status: "action_required", status_detail: "pending_challenge" });
    expect(order.payment?.payment_method?.transaction_security).toMatchObject({
      validation: "always",
      status: "pending",
    });

    expect((await send("GET", new URL(order.challenge).pathname)).text).toContain("Confirmar compra");
    const body = `order_id=${order.id}&outcome=approved`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await send("POST", "/checkout/v1/pay", { body, headers })).text).toContain("Pagamento aprovado");
    expect(await paymentOf(order.id)).toMatchObject({
      status: "processed",
      status_detail: "accredited",
      payment_method: { id: "master", type: "credit_card", transaction_security: { status: "finished" } },
    });
    await until(() => received.length === 2);
    await advance(10 * 60_000);
    expect((await paymentOf(order.id))?.status).toBe("processed");
  });

  it("when the buyer says no, then the order fails, and no money moved", async () => {
    const { pay, ledger } = await start();
    const order = await orderByCard({ validation: "always" });
    await pay({ payment_link: order.challenge, outcome: "rejected" });
    expect(await paymentOf(order.id)).toMatchObject({ status: "failed", status_detail: "cc_rejected_3ds_challenge" });
    expect((await ledger()).totals).toMatchObject({ paid_cents: 0 });
    expect((await pay({ payment_link: order.challenge })).status).toBe(409);
  });

  it("when nobody answers within five minutes, then its time is over", async () => {
    const { advance, send } = await start();
    const order = await orderByCard({ validation: "always" });
    await advance(5 * 60_000);
    expect((await mp().order.get({ id: order.id })).status).toBe("expired");
    expect((await send("GET", new URL(order.challenge).pathname)).status).toBe(410);
  });

  it("when only risk decides, then the test cards for it are asked and others are not; never is never", async () => {
    await start();
    const risky = "5483928164574623";
    expect((await orderByCard({ validation: "on_fraud_risk", number: risky })).status).toBe("action_required");
    expect((await orderByCard({ validation: "on_fraud_risk" })).status).toBe("processed");
    expect((await orderByCard({ validation: "never", number: risky })).status).toBe("processed");
  });

  it("when the bank refuses anyway, then the buyer is not asked", async () => {
    await start();
    await expect(orderByCard({ validation: "always", holder: "OTHE" })).rejects.toMatchObject({ status: 402 });
  });
});
