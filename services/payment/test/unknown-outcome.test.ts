import { addSeconds } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let aheadS = 0;
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ clock: { now: () => addSeconds(new Date(), aheadS) } });
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

const DAY_AND_HOUR_S = 25 * 3_600;
/** A day and an hour go by, here and at the provider, which forgets its keys after 24 h. */
async function aDayLater(): Promise<void> {
  await harness.toSandbox("/sandbox/clock", { advance_ms: DAY_AND_HOUR_S * 1_000 });
  aheadS += DAY_AND_HOUR_S;
}
const later = (seconds: number) => addSeconds(new Date(), aheadS + seconds).toISOString();
/** A charge that the provider made, and of which we know nothing. */
async function lost(difference: Record<string, unknown> = {}) {
  await harness.faults({ timeout_after_commit_rate: 1, webhooks: "drop" });
  const charge = await harness.request({ expires_at: later(48 * 3_600), ...difference });
  expect(await harness.store.get(charge.id)).toMatchObject({ status: "created", making: "unknown", providerId: null });
  expect(await madeFor(charge.id)).toBe(1);
  return charge;
}
/** How many charges the provider holds under our name for it. */
async function madeFor(id: string): Promise<number> {
  const search = await harness.toSandbox(`/checkout/preferences/search?external_reference=${id}`);
  const preferences = search.body["elements"] as unknown as readonly unknown[]; // as the page documents it
  return preferences.length + (await harness.ledgerOf(id)).filter(({ kind }) => kind === "order").length;
}

// Reliability PA-15.
describe("an answer that was lost", () => {
  it("when a day has gone by, then the link is found by our name for it, and there is one", async () => {
    const charge = await lost({ method: "link" });
    await harness.faults({ down: true });
    await aDayLater();
    await harness.clearFaults();
    // The rhythm of questions has grown during the outage.
    aheadS += 120;
    const found = await harness.becomes(charge.id, "pending", 20_000);
    expect(found).toMatchObject({ making: "settled", paymentLink: expect.stringContaining("http") });
    expect(await madeFor(charge.id)).toBe(1);
  });

  it("when a day has gone by, then the QR is found, there is one, and its time is over there", async () => {
    const charge = await lost();
    await harness.faults({ down: true });
    await aDayLater();
    await harness.clearFaults();
    // The rhythm of questions has grown during the outage.
    aheadS += 120;
    await harness.becomes(charge.id, "expired", 20_000);
    expect(await harness.ledgerOf(charge.id)).toMatchObject([{ kind: "order", times_paid: 0 }]);
  });

  it("when it never arrived and a day has gone by, then it is made anew, once", async () => {
    await harness.faults({ error_rate: 1 });
    const charge = await harness.request({ method: "link", expires_at: later(48 * 3_600) });
    expect(await harness.store.get(charge.id)).toMatchObject({ making: "unknown" });
    await harness.faults({ down: true });
    await aDayLater();
    await harness.clearFaults();
    // The rhythm of questions has grown during the outage.
    aheadS += 120;
    await harness.becomes(charge.id, "pending", 30_000);
    expect(await madeFor(charge.id)).toBe(1);
  }, 60_000);

  it("when the order gives up first, then what the provider made is found and closed there", async () => {
    const charge = await lost();
    await harness.call("POST", `/payments/${charge.id}/cancel`, { as: "service" });
    expect(await harness.store.get(charge.id)).toMatchObject({ status: "cancelled", making: "unknown" });
    await harness.clearFaults();
    await waitFor(async () => (await harness.ledgerOf(charge.id))[0]?.status === "canceled", { timeoutMs: 20_000 });
    expect(await harness.store.get(charge.id)).toMatchObject({ status: "cancelled", making: "settled" });
    expect(await harness.ledgerOf(charge.id)).toHaveLength(1);
  });

  it.each(["qr", "link"])(
    "when it was a %s refund's and a day has gone by, then one refund is made",
    async (method) => {
      const charge = await harness.request({ method, expires_at: later(600) });
      const open = await harness.becomes(charge.id, "pending", 20_000);
      await harness.pay(method === "qr" ? { qr_code: open.qrCode ?? "" } : { payment_link: open.paymentLink ?? "" });
      await harness.becomes(charge.id, "approved", 20_000);
      await harness.faults({ timeout_after_commit_rate: 1, webhooks: "drop", refund_delay_ms: 20 });
      await harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin", body: { amount_cents: 1_000 } });
      const isAnswered = async () =>
        (await harness.store.get(charge.id))?.entries.some(({ summary }) => summary === "refund unknown") === true;
      await waitFor(isAnswered, { timeoutMs: 15_000 });
      expect((await harness.ledgerOf(charge.id))[0]?.refunds).toHaveLength(1);
      await harness.faults({ down: true });
      await aDayLater();
      await harness.clearFaults();
      const { refunds } = await harness.becomes(charge.id, "partially_refunded", 30_000);
      expect(refunds).toMatchObject([{ amountCents: 1_000, status: "done" }]);
      expect((await harness.ledgerOf(charge.id))[0]?.refunds).toHaveLength(1);
    },
    60_000,
  );
});
