import { newId } from "@comanda/primitives";
import type { Charge, FlowEntry, Refund, UnsentEvent } from "../../src/domain/charge.ts";

/** A charge by QR code that was just created; give what differs. */
export function aCharge(differences: Partial<Charge> = {}): Charge {
  const now = new Date();
  return {
    id: newId(),
    orderId: newId(),
    attempt: 1,
    customerId: newId(),
    method: "qr",
    amountCents: 2590,
    currency: "BRL",
    description: "Pedido 42",
    items: [{ id: "1", title: "X-Salada", quantity: 1, unitPriceCents: 2590 }],
    status: "created",
    refundedCents: 0,
    provider: "mercadopago",
    providerId: null,
    providerPaymentId: null,
    endToEndId: null,
    qrCode: null,
    paymentLink: null,
    place: null,
    detail: null,
    expiresAt: null,
    approvedAt: null,
    making: "asked",
    askedAt: null,
    refunds: [],
    entries: [],
    ledger: [],
    unsent: [],
    nextCheckAt: null,
    asOf: null,
    checks: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...differences,
  };
}

/** An event that may be sent at once. */
export function anEvent(differences: Partial<UnsentEvent> = {}): UnsentEvent {
  // Due by the clock of the database as well, should it be a little behind ours.
  const at = new Date(Date.now() - 1_000);
  return {
    id: newId(),
    type: "comanda.payment.pending",
    at,
    data: { status: "pending" },
    traceparent: null,
    attempts: 0,
    availableAt: at,
    lockedUntil: null,
    parkedAt: null,
    lastError: null,
    ...differences,
  };
}

/** The next version of a charge. */
export function nextOf(charge: Charge, differences: Partial<Charge> = {}): Charge {
  return { ...charge, version: charge.version + 1, updatedAt: new Date(), ...differences };
}

/** A charge in which no field is empty, with text and numbers that tend to be lost on the way. */
export function aFullCharge(): Charge {
  const at = (text: string): Date => new Date(text);
  const text = "Açaí 🍇 “grande” \\ \u0000 \u2028 \ud83e\udd64 ' \" ; -- $set a.b 日本語";
  const refund: Refund = {
    id: newId(),
    amountCents: 1,
    lines: [{ itemId: "2", quantity: 1, amountCents: 1 }],
    status: "in_process",
    reason: text,
    idempotencyKey: newId(),
    fingerprint: "sha256:00ff",
    providerRefundId: "9007199254740993",
    strayPaymentId: "9007199254740995",
    requestedAt: at("2026-02-28T23:59:59.999Z"),
    askedAt: at("2026-03-01T00:00:00.000Z"),
    settledAt: at("2026-03-01T00:00:00.001Z"),
  };
  const entry: FlowEntry = {
    at: at("1999-12-31T23:59:59.007Z"),
    kind: "answer",
    summary: text,
    detail: {
      "a.b": [1, 1.5, -0.1, 2 ** 53 - 1, null, true],
      $inc: { "": text },
      emptyList: [],
      emptyObject: {},
      text,
    },
  };
  return aCharge({
    attempt: 7,
    method: "link",
    amountCents: 1_000_000,
    description: text,
    items: [
      { id: newId(), title: text, quantity: 3, unitPriceCents: 333_333 },
      { id: "2", title: "", quantity: 1, unitPriceCents: 1 },
    ],
    status: "partially_refunded",
    refundedCents: 1,
    providerId: "ORD01JXYZ",
    providerPaymentId: "PAY01JXYZ",
    endToEndId: "E60701190202602281234DY5X7RW6A9B",
    qrCode: "00020126580014br.gov.bcb.pix",
    paymentLink: "https://mercadopago.test/checkout?pref_id=1&a=%C3%A7",
    place: { deviceId: newId(), externalPosId: "CAIXA1", terminalId: "NEWLAND_N950__1" },
    detail: "check_on_terminal",
    expiresAt: at("2026-02-28T12:34:56.789Z"),
    approvedAt: at("2026-02-28T12:34:56.001Z"),
    making: "settled",
    askedAt: at("2026-02-28T12:29:56.790Z"),
    refunds: [refund, { ...refund, id: newId(), status: "unknown", settledAt: null, idempotencyKey: null }],
    ledger: [
      {
        at: at("2026-02-28T12:34:56.001Z"),
        why: "charged-back",
        isReversal: true,
        debit: "customer_owed",
        credit: "drawer",
        amountCents: 2 ** 53 - 1,
      },
    ],
    entries: [entry, { ...entry, kind: "event", detail: {} }],
    unsent: [
      anEvent({ data: { list: [1, { "dotted.key": "é", $dollar: null }] }, traceparent: `00-${"a".repeat(32)}-1-01` }),
      anEvent({
        attempts: 3,
        availableAt: at("2026-02-28T12:00:00.123Z"),
        lockedUntil: at("2026-02-28T12:00:30.456Z"),
        lastError: "the receiver answered 503",
      }),
      anEvent({ attempts: 100, parkedAt: at("2026-02-28T13:00:00.500Z"), lastError: "unknown event type" }),
    ],
    nextCheckAt: at("2026-02-28T12:35:00.010Z"),
    asOf: at("2026-02-28T12:34:55.999Z"),
    checks: 12,
    createdAt: at("2026-02-28T12:29:56.789Z"),
    updatedAt: at("2026-02-28T12:34:56.790Z"),
  });
}
