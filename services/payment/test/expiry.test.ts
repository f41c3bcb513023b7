import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { setUpTerminal } from "./terminal-harness.ts";

let harness: Harness;
let aheadMs = 0;
beforeAll(async () => {
  harness = await startHarness({ clock: { now: () => new Date(Date.now() + aheadMs) } });
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

/** Our time and the provider's go on together. */
function wait(seconds: number): void {
  aheadMs += seconds * 1_000;
  harness.sandbox.clock.advance(seconds * 1_000);
}
const request = (difference: Record<string, unknown> = {}) =>
  harness.request({ expires_at: new Date(Date.now() + aheadMs + 900_000).toISOString(), ...difference });

describe("when the time is over", () => {
  it("when a QR was not paid, then it expires, here as there", async () => {
    const charge = await request();
    wait(303);
    await harness.becomes(charge.id, "expired");
    expect((await harness.ledgerOf(charge.id))[0]?.status).toBe("expired");
    expect((await harness.pay({ qr_code: charge.qr_code })).status).toBe(409);
  });

  it("when a QR was paid in its last second and no notice came, then it is paid", async () => {
    const charge = await request();
    await harness.faults({ webhooks: "drop" });
    wait(298);
    await harness.pay({ qr_code: charge.qr_code });
    wait(10);
    await harness.becomes(charge.id, "approved");
  });

  it("when a link was not paid, then it is shut there and expires here", async () => {
    const charge = await request({ method: "link" });
    wait(920);
    await harness.becomes(charge.id, "expired");
    expect((await harness.pay({ payment_link: charge.payment_link })).status).toBe(409);
  });

  it("when a link was paid in its last second and no notice came, then it is paid", async () => {
    const charge = await request({ method: "link" });
    await harness.faults({ webhooks: "drop" });
    wait(898);
    await harness.pay({ payment_link: charge.payment_link });
    wait(30);
    await harness.becomes(charge.id, "approved");
  });

  it("when the provider is away at that moment, then nothing is concluded until it is back", async () => {
    const charge = await request();
    await harness.faults({ webhooks: "drop" });
    await harness.pay({ qr_code: charge.qr_code });
    await harness.faults({ down: true });
    const version = async () => (await harness.store.get(charge.id))?.version ?? 0;
    const before = await version();
    wait(400);
    await expect.poll(version, { timeout: 15_000 }).toBeGreaterThan(before);
    expect(await harness.statusOf(charge.id)).toBe("pending");
    await harness.clearFaults();
    wait(60);
    await harness.becomes(charge.id, "approved");
  });

  it("when the provider never made it, then it has failed", async () => {
    await harness.faults({ down: true });
    const charge = await request();
    expect(charge.status).toBe("created");
    wait(901);
    await harness.becomes(charge.id, "failed");
  });

  it("when nobody paid at the card terminal, then it expires, here as there", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await request({ method: "terminal", device_id: terminal.deviceId });
    await terminal.fetch();
    wait(303);
    await harness.becomes(charge.id, "expired");
    expect((await harness.ledgerOf(charge.id))[0]?.status).toBe("expired");
  });

  it("when it was paid at the terminal in its last second and no notice came, then it is paid", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await request({ method: "terminal", device_id: terminal.deviceId });
    await harness.faults({ webhooks: "drop" });
    wait(298);
    await terminal.act("approve");
    wait(10);
    await harness.becomes(charge.id, "approved");
  });

  it("when nobody looked at the terminal, then it expires by our clock and still says that somebody must look", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await request({ method: "terminal", device_id: terminal.deviceId });
    await terminal.act("walk_away");
    await harness.becomes(charge.id, "in_process");
    wait(330);
    const expired = await harness.becomes(charge.id, "expired");
    expect(expired?.detail).toBe("check_on_terminal");
    // The provider may tell of the money later: it is asked again.
    expect(expired?.nextCheckAt).not.toBeNull();
  });

  it("when nobody came to the counter, then it expires", async () => {
    const charge = await request({ method: "counter" });
    wait(901);
    await harness.becomes(charge.id, "expired");
  });
});
