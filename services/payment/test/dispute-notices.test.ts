import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

/** A link that was paid, and the provider's number of that payment. */
async function paidLink() {
  const { id, payment_link } = await harness.request({ method: "link" });
  await harness.pay({ payment_link });
  const charge = await harness.becomes(id, "approved");
  return { id, paymentId: charge?.providerPaymentId ?? "" };
}

/** The bank or the buyer moves, and of all its notices only the one of `topic` arrives. */
async function disputeHeardOnlyBy(topic: string, move: { id: string; outcome: string }) {
  await harness.faults({ webhooks: "drop" });
  const { body } = await harness.toSandbox("/sandbox/chargebacks", move);
  await harness.clearFaults();
  await harness.toSandbox("/sandbox/notify", { resource_id: body["id"], topic, action: "created" });
}

const shouted = (alarm: string, word: string) =>
  waitFor(() => harness.lines.some((line) => line.includes(`"${alarm}"`) && line.includes(word)), {
    timeoutMs: 10_000,
    description: `the alarm ${alarm} about ${word}`,
  });

describe("what is told only by its own kind of notice (PA-21)", () => {
  it("when only the chargeback is told, then the payment is read, and the charge is charged back", async () => {
    const { id, paymentId } = await paidLink();
    await disputeHeardOnlyBy("topic_chargebacks_wh", { id: paymentId, outcome: "settled" });
    await harness.becomes(id, "charged_back");
  });

  it("when only the buyer's claim is told, then the charge is in dispute, and somebody is told", async () => {
    const { id, paymentId } = await paidLink();
    await disputeHeardOnlyBy("topic_claims_integration_wh", { id: paymentId, outcome: "in_mediation" });
    await harness.becomes(id, "in_dispute");
    await shouted("disputed", id);
  });

  it("when the chargeback behind a QR is told, then the charge is charged back", async () => {
    const charge = await harness.request();
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved");
    await disputeHeardOnlyBy("topic_chargebacks_wh", { id: charge.provider_id, outcome: "settled" });
    await harness.becomes(charge.id, "charged_back");
  });

  it("when fraud is suspected, then somebody is told, and neither money nor food moves by itself", async () => {
    const { id } = await paidLink();
    await harness.toSandbox("/sandbox/notify", {
      resource_id: "77001",
      topic: "stop_delivery_op_wh",
      action: "created",
    });
    await shouted("fraud-alert", "77001");
    expect(await harness.statusOf(id)).toBe("approved");
  });

  it("when the warning names a payment of ours, then its charge says so, and moves neither money nor food", async () => {
    const { id } = await paidLink();
    const payment = (await harness.store.get(id))?.providerPaymentId ?? "";
    await harness.toSandbox("/sandbox/notify", {
      resource_id: "77002",
      topic: "stop_delivery_op_wh",
      action: "created",
      data: { payment_id: Number(payment) },
    });
    await shouted("fraud-alert", id);
    expect(await harness.statusOf(id)).toBe("approved");
    const told = (await harness.call("GET", `/payments/${id}/transactions`, { as: "cashier" })).json();
    expect(told.situation.code).toBe("fraud-suspected");
    expect(told.items.at(-1).summary).toContain("suspeita de fraude");
    const listed: Record<string, unknown>[] = (await harness.call("GET", "/payments/alarms", { as: "manager" })).json()
      .items;
    expect(listed.find(({ payment_id: one }) => one === id)).toMatchObject({
      code: "fraud-alert",
      urgency: "now",
      summary: "O Mercado Pago suspeita de fraude (R$ 42,90).",
    });
  });
});
