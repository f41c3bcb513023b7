import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chargeBody, type Harness, orderEvent, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isProviderTampered: true });
});
afterAll(() => harness.close());
afterEach(async () => {
  harness.proxy.refuse(null);
  await harness.clearFaults();
});

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
    const isGivenUp = Promise.withResolvers<null>();
    harness.proxy.refuse(() => isGivenUp.promise);
    const body = chargeBody();
    const making = harness.call("POST", "/payments/", { as: "service", body });
    const id = String(body["id"]);
    await harness.becomes(id, "created");
    expect((await cancel(id)).json().status).toBe("cancelled");
    isGivenUp.resolve(null);
    expect((await making).json()).toMatchObject({ status: "cancelled", qr_code: null });
    await expect.poll(async () => (await harness.ledgerOf(id))[0]?.status, { timeout: 8_000 }).toBe("canceled");
  });

  it("when the provider's answer comes between the reading and the closing, then it is closed there first", async () => {
    const isAsked = Promise.withResolvers<null>();
    const hasRead = Promise.withResolvers<null>();
    let isMade: Promise<unknown> | null = null;
    const held = await startHarness({
      isBackgroundOn: false,
      isProviderTampered: true,
      wrapStore: (store) => ({
        ...store,
        get: async (id) => {
          const charge = await store.get(id);
          const making = isMade;
          isMade = null;
          // The provider was asked and answers only now: in between the making reads nothing, so this is the cancelling.
          if (making !== null) hasRead.resolve(null);
          await making;
          return charge;
        },
      }),
    });
    try {
      held.proxy.refuse(() => {
        isAsked.resolve(null);
        return hasRead.promise;
      });
      const body = chargeBody();
      const id = String(body["id"]);
      const making = held.call("POST", "/payments/", { as: "service", body });
      await isAsked.promise;
      // What the cancelling reads is old when it goes on: meanwhile the QR came, and may be on a screen.
      isMade = making;
      const data = { payment_id: id, order_id: body["order_id"], reason: "order_cancelled" };
      const heard = await held.sendEvents([orderEvent("payment_cancelled", data)]);
      expect(heard.json().results[0].outcome).toBe("done");
      expect((await making).json().qr_code).not.toBeNull();
      expect(await held.statusOf(id)).toBe("cancelled");
      expect((await held.ledgerOf(id))[0]?.status).toBe("canceled");
    } finally {
      await held.close();
    }
  });

  it("when it is closed another way, then 409", async () => {
    const charge = await harness.request({ method: "terminal" });
    expect((await cancel(charge.id)).json()).toMatchObject({ status: 409, code: "already-closed" });
  });
});
