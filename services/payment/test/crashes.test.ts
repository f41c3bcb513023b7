import { newId } from "@comanda/primitives";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PaymentService } from "../src/app.ts";
import type { Moment } from "../src/domain/change-charge.ts";
import { createCharge } from "../src/domain/create-charge.ts";
import { requestRefund } from "../src/domain/refunds.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
let second: PaymentService;
beforeAll(async () => {
  harness = await startHarness();
  // Two processes on one database, each with its own background work.
  second = await harness.makeService();
  second.start();
});
afterAll(async () => {
  await second.app.close();
  await second.close();
  await harness.close();
});
afterEach(() => harness.clearFaults());

const moment = (): Moment => ({ now: new Date(), newId, random: Math.random, traceparent: null });

describe("a process that died in the middle", () => {
  it("when it had written the charge and not yet called, then another makes it, once", async () => {
    const request = {
      id: newId(),
      orderId: newId(),
      attempt: 1,
      customerId: null,
      amountCents: 4290,
      method: "qr" as const,
      description: "Pedido 47",
      items: [],
      place: null,
      orderExpiresAt: null,
    };
    const charge = createCharge(request, 300, moment());
    await harness.store.insert({ ...charge, nextCheckAt: new Date() });
    await harness.becomes(charge.id, "pending");
    expect(await harness.ledgerOf(charge.id)).toHaveLength(1);
  });

  it("when it had written the wish for a refund and not yet called, then another carries it out, once", async () => {
    await harness.faults({ refund_delay_ms: 20 });
    const { id, qr_code: qrCode } = await harness.request();
    await harness.pay({ qr_code: qrCode });
    const paid = await harness.becomes(id, "approved");
    const wish = { id: newId(), amountCents: null, reason: "test", idempotencyKey: null, fingerprint: null };
    const requested = requestRefund(paid, wish, moment());
    if (!requested.ok) throw new Error("refused");
    expect(await harness.store.replace(requested.value.charge, paid.version)).toBe(true);
    await harness.becomes(id, "refunded");
    expect((await harness.ledgerOf(id))[0]?.refunds).toHaveLength(1);
  });
});

describe("two processes at once", () => {
  it("when 20 QRs are paid with notices lost and doubled, then each is approved and said once", async () => {
    await harness.faults({ webhook_drop_rate: 0.3, webhook_duplicate_rate: 0.5, error_rate: 0.1, seed: 7 });
    const charges = await Promise.all(Array.from({ length: 20 }, () => harness.request()));
    const open = await Promise.all(charges.map(({ id }) => harness.becomes(id, "pending", 20_000)));
    await Promise.all(open.map(({ qrCode }) => harness.pay({ qr_code: qrCode ?? "" })));
    for (const { id } of charges) {
      const paid = await harness.becomes(id, "approved", 20_000);
      const said = paid.entries.filter(({ summary }) => summary === "comanda.payment.approved");
      expect(said).toHaveLength(1);
      expect(await harness.ledgerOf(id)).toHaveLength(1);
    }
  });

  it("when refunds are asked of both at once, then never more goes back than came", async () => {
    await harness.faults({ refund_delay_ms: 20 });
    const { id, qr_code: qrCode } = await harness.request({ amount_cents: 1_000 });
    await harness.pay({ qr_code: qrCode });
    await harness.becomes(id, "approved");
    const authorization = await harness.bearer("admin");
    const ask = (service: PaymentService) =>
      service.app.inject({
        method: "POST",
        url: `/payments/${id}/refunds`,
        headers: { authorization },
        payload: { amount_cents: 500 },
      });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => ask(at % 2 === 0 ? harness.service : second)),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(2);
    expect((await harness.becomes(id, "refunded", 20_000)).refundedCents).toBe(1_000);
    expect((await harness.ledgerOf(id))[0]?.refunded_cents).toBe(1_000);
  });
});
