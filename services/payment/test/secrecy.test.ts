import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCESS_TOKEN, type Harness, startHarness, WEBHOOK_SECRET } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

describe("what is never written down", () => {
  // Style P5, PA-27: a log is read by many and kept for long.
  it("when charges are made, paid, refused, refunded and fail, then no log line holds a token, a QR or a person", async () => {
    const payer = { name: "Maria Canária", email: "canary@example.com", cpf: "529.982.247-25" };
    const qr = await harness.request({ payer });
    const link = await harness.request({ method: "link", payer });
    const token = (await harness.bearer("admin")).replace("Bearer ", "");
    await harness.service.app.inject({ url: `/payments/${qr.id}`, headers: { authorization: `Bearer ${token}` } });
    await harness.pay({ qr_code: qr.qr_code });
    await harness.becomes(qr.id, "approved");
    await harness.call("POST", `/payments/${qr.id}/refunds`, { as: "admin" });
    await harness.becomes(qr.id, "refunded");
    await harness.faults({ timeout_after_commit_rate: 1 });
    await harness.request({ payer });
    await harness.faults({ down: true });
    await harness.call("POST", `/payments/${link.id}/cancel`, { as: "admin" });
    await harness.clearFaults();
    await harness.call("POST", "/payments/", { as: "service", body: { payer, cpf: payer.cpf } });

    const log = harness.lines.join("");
    expect(log.length).toBeGreaterThan(1_000);
    const pattern = /Canária|canary@|529\.?982\.?247|000201\d{2}|pref_id=|init_point|a-client-secret|token-of-payment/;
    expect(log).not.toMatch(pattern);
    for (const secret of [ACCESS_TOKEN, WEBHOOK_SECRET, token, qr.qr_code, link.payment_link]) {
      expect(log).not.toContain(secret);
    }
  });

  it("when the payer of a link is named, then only the payment page knows it: no store, no flow, no event, no log", async () => {
    const payer = { name: "Maria Canária", email: "canary@example.com", cpf: "529.982.247-25" };
    const link = await harness.request({ method: "link", payer });
    const { body } = await harness.toSandbox(`/checkout/preferences/${link.provider_id}`);
    expect(body["payer"]).toMatchObject({ name: "Maria", surname: "Canária", email: "canary@example.com" });
    await harness.pay({ payment_link: link.payment_link });
    await harness.becomes(link.id, "approved");
    const flow = await harness.call("GET", `/payments/${link.id}/transactions`, { as: "admin" });
    const kept = [await harness.store.get(link.id), flow.json(), harness.receiver.events, harness.lines];
    expect(JSON.stringify(kept)).not.toMatch(/canary@|anária|529\.?982/);
  });

  it("when a payer is named, then neither the store nor the provider learns who it is", async () => {
    const payer = { name: "Maria Canária", email: "canary@example.com" };
    const charge = await harness.request({ payer });
    expect(JSON.stringify(await harness.store.get(charge.id))).not.toContain("anary");
    expect(JSON.stringify((await harness.toSandbox(`/v1/orders/${charge.provider_id}`)).body)).not.toContain("anary");
  });
});
