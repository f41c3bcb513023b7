import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chargeBody, type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

describe("request a charge by QR", () => {
  it("when the order asks, then a QR comes back, is paid on a phone, and the order hears of both", async () => {
    const charge = await harness.request();
    expect(charge).toMatchObject({ status: "pending", method: "qr", provider: "mercadopago", refunded_cents: 0 });
    expect(charge.qr_code).toMatch(/^000201.*6304[0-9A-F]{4}$/);
    expect(charge.qr_code_image).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(charge.provider_id).toMatch(/^ORD/);

    expect((await harness.pay({ qr_code: charge.qr_code })).status).toBe(200);
    const paid = await harness.becomes(charge.id, "approved");
    expect(paid.approvedAt).toBeInstanceOf(Date);
    const types = () =>
      harness.receiver.events
        .filter(({ data }) => (data as { payment_id: string }).payment_id === charge.id)
        .map(({ type }) => type);
    await waitFor(() => types().includes("comanda.payment.approved"));
    expect(types()).toEqual(["comanda.payment.pending", "comanda.payment.approved"]);
  });
});
