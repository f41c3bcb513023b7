import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

describe("trouble at the provider", () => {
  // PA-15, PA-16: the order exists there, we never heard of it; asked again with the same key it is the same one.
  it("when the answer is lost after the order was made, then the QR follows by itself, and there is one order", async () => {
    await harness.faults({ timeout_after_commit_rate: 1 });
    const charge = await harness.request();
    expect(charge).toMatchObject({ status: "created", qr_code: null, provider_id: null });
    await harness.clearFaults();
    const found = await harness.becomes(charge.id, "pending", 20_000);
    expect(found.qrCode).toMatch(/^000201/);
    expect(await harness.ledgerOf(charge.id)).toHaveLength(1);
  });

  it.each([
    ["down", { down: true }],
    ["answering 500", { error_rate: 1 }],
    ["refusing for being too busy", { rate_limit_rate: 1 }],
  ])("when it is %s, then the charge is accepted and the QR follows by itself", async (_what, faults) => {
    await harness.faults(faults);
    const charge = await harness.request();
    expect(charge).toMatchObject({ status: "created", qr_code: null });
    await harness.clearFaults();
    await harness.becomes(charge.id, "pending", 20_000);
    expect(await harness.ledgerOf(charge.id)).toHaveLength(1);
  });

  it("when it stays down until the order gives up, then the charge has failed", async () => {
    await harness.faults({ down: true });
    const charge = await harness.request({ expires_at: new Date(Date.now() + 2_000).toISOString() });
    await harness.becomes(charge.id, "failed", 20_000);
  });

  it("when it is slow, then nobody waits longer than the limit of a call", async () => {
    await harness.faults({ latency_ms: 25_000 });
    const startedAt = performance.now();
    const charge = await harness.request();
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(charge.status).toBe("created");
  });

  it.each(["drop", "duplicate", "reorder", "delay"])(
    "when notices are %s, then a paid QR is known all the same",
    async (webhooks) => {
      await harness.faults({ webhooks, webhook_delay_ms: 500 });
      const charge = await harness.request();
      // After all that trouble the breaker may still be open.
      const { qrCode } = await harness.becomes(charge.id, "pending", 20_000);
      await harness.pay({ qr_code: qrCode ?? "" });
      const paid = await harness.becomes(charge.id, "approved", 12_000);
      expect(
        paid.entries.filter(({ kind, summary }) => kind === "event" && summary.endsWith(".approved")),
      ).toHaveLength(1);
    },
  );

  it("when notices are lost and a link was paid, then it is known all the same", async () => {
    await harness.faults({ webhooks: "drop" });
    const charge = await harness.request({ method: "link" });
    const { paymentLink } = await harness.becomes(charge.id, "pending", 20_000);
    await harness.pay({ payment_link: paymentLink ?? "" });
    await harness.becomes(charge.id, "approved", 20_000);
  });

  // The notice of payment overtakes the answer to the creation.
  it("when the QR is paid before we know of the order, then the notice alone makes it paid", async () => {
    await harness.faults({ timeout_after_commit_rate: 1 });
    const charge = await harness.request();
    const [row] = await harness.ledgerOf(charge.id);
    const order = await fetchOrder(row?.id ?? "");
    await harness.pay({ qr_code: order.type_response.qr_data });
    const paid = await harness.becomes(charge.id, "approved");
    expect(paid.providerId).toBe(row?.id);
    await harness.clearFaults();
    expect(await harness.ledgerOf(charge.id)).toHaveLength(1);
  });
});

async function fetchOrder(id: string): Promise<{ type_response: { qr_data: string } }> {
  const response = await harness.toSandbox(`/v1/orders/${id}`);
  return response.body as unknown as { type_response: { qr_data: string } };
}
