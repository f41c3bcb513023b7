import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chargeBody, type Harness, orderEvent, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

const cancel = (id: string, body?: unknown) =>
  harness.call("POST", `/payments/${id}/cancel`, { as: "service", ...(body === undefined ? {} : { body }) });

describe("cancel-charge", () => {
  it("when a QR waits, then it is closed at the provider and can no longer be paid", async () => {
    const charge = await harness.request();
    const answer = await cancel(charge.id, { reason: "guest changed their mind" });
    expect(answer.json()).toMatchObject({ status: "cancelled", qr_code: null, qr_code_image: null });
    expect((await harness.pay({ qr_code: charge.qr_code })).status).toBe(409);
    expect((await harness.ledgerOf(charge.id))[0]?.status).toBe("canceled");
    expect((await cancel(charge.id)).statusCode).toBe(200);
  });

  it("when a link waits, then its window is shut and it can no longer be paid", async () => {
    const charge = await harness.request({ method: "link" });
    expect((await cancel(charge.id)).json()).toMatchObject({ status: "cancelled", payment_link: null });
    expect((await harness.pay({ payment_link: charge.payment_link })).status).toBe(409);
  });

  it("when it waits at the counter, then nobody outside is asked", async () => {
    const charge = await harness.request({ method: "counter" });
    await harness.faults({ down: true });
    expect((await cancel(charge.id)).json().status).toBe("cancelled");
  });

  // The guest pays while the order is being given up, and the notice of it is lost.
  it.each(["qr", "link"])(
    "when a %s was paid in the same moment, then 409, and the payment is known",
    async (method) => {
      const charge = await harness.request({ method });
      await harness.faults({ webhooks: "drop" });
      await harness.pay(method === "qr" ? { qr_code: charge.qr_code } : { payment_link: charge.payment_link });
      expect((await cancel(charge.id)).json()).toMatchObject({ status: 409, code: "already-paid" });
      expect(await harness.statusOf(charge.id)).toBe("approved");
    },
  );

  it("when cancel and payment race, then it is either cancelled and unpaid or approved and paid", async () => {
    for (let round = 0; round < 8; round += 1) {
      const charge = await harness.request();
      await Promise.all([cancel(charge.id), harness.pay({ qr_code: charge.qr_code })]);
      await expect.poll(() => harness.statusOf(charge.id)).toMatch(/^(cancelled|approved)$/);
      const [row] = await harness.ledgerOf(charge.id);
      expect(row?.times_paid).toBe((await harness.statusOf(charge.id)) === "approved" ? 1 : 0);
    }
  });

  it("when the provider is away, then 503, and the charge stays open", async () => {
    const charge = await harness.request();
    await harness.faults({ down: true });
    const answer = await cancel(charge.id);
    expect(answer.json()).toMatchObject({ status: 503, code: "provider-unavailable" });
    expect(answer.headers["retry-after"]).toBeDefined();
    expect(await harness.statusOf(charge.id)).toBe("pending");
  });

  it("when the provider's answer was lost, then there is no QR that anybody could pay: cancelled here", async () => {
    await harness.faults({ timeout_after_commit_rate: 1, webhooks: "drop" });
    const charge = await harness.request();
    expect(charge).toMatchObject({ status: "created", qr_code: null });
    expect((await cancel(charge.id)).json().status).toBe("cancelled");
  });

  it("when it is given up while the provider is still making it, then it is closed there once it is known", async () => {
    await harness.faults({ latency_ms: 1_000 });
    const body = chargeBody();
    const making = harness.call("POST", "/payments/", { as: "service", body });
    const id = String(body["id"]);
    await harness.becomes(id, "created");
    expect((await cancel(id)).json().status).toBe("cancelled");
    expect((await making).json()).toMatchObject({ status: "cancelled", qr_code: null });
    await harness.clearFaults();
    await expect.poll(async () => (await harness.ledgerOf(id))[0]?.status, { timeout: 8_000 }).toBe("canceled");
  });

  it("when the provider's answer comes between the reading and the closing, then it is closed there first", async () => {
    let isMade: Promise<unknown> | null = null;
    const slow = await startHarness({
      isBackgroundOn: false,
      wrapStore: (store) => ({
        ...store,
        get: async (id) => {
          const charge = await store.get(id);
          const held = isMade;
          isMade = null;
          await held;
          return charge;
        },
      }),
    });
    try {
      // Long, so that on a busy machine, too, the first to read is the cancelling, and not the making that it waits for.
      await slow.faults({ latency_ms: 2_500 });
      const body = chargeBody();
      const id = String(body["id"]);
      const making = slow.call("POST", "/payments/", { as: "service", body });
      await slow.becomes(id, "created");
      // What the cancelling reads is old when it goes on: meanwhile the QR came, and may be on a screen.
      isMade = making;
      const data = { payment_id: id, order_id: body["order_id"], reason: "order_cancelled" };
      const heard = await slow.sendEvents([orderEvent("payment_cancelled", data)]);
      expect(heard.json().results[0].outcome).toBe("done");
      expect((await making).json().qr_code).not.toBeNull();
      expect(await slow.statusOf(id)).toBe("cancelled");
      expect((await slow.ledgerOf(id))[0]?.status).toBe("canceled");
    } finally {
      await slow.close();
    }
  });

  it("when it is closed another way, then 409", async () => {
    const charge = await harness.request({ method: "terminal" });
    expect((await cancel(charge.id)).json()).toMatchObject({ status: 409, code: "already-closed" });
  });
});
