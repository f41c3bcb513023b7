import { newId } from "@comanda/primitives";
import type { Moment } from "../src/domain/change-charge.ts";
import type { Charge } from "../src/domain/charge.ts";
import { createCharge } from "../src/domain/create-charge.ts";
import type { ProviderCharge, ProviderResult } from "../src/domain/provider-charge.ts";

export const NOON = new Date("2026-01-15T12:00:00.000Z");

/** A moment without chance: the dice always show the middle. */
export function momentAt(seconds = 0): Moment {
  return { now: new Date(NOON.getTime() + seconds * 1000), newId, random: () => 0.5, traceparent: null };
}

/** A QR charge that the provider made and nobody has paid. */
export function aCharge(difference: Partial<Charge> = {}): Charge {
  const charge = createCharge(
    {
      id: null,
      orderId: newId(),
      attempt: 1,
      customerId: newId(),
      amountCents: 10_000,
      method: difference.method ?? "qr",
      description: "Pedido 47",
      items: [{ title: "X-Salada", quantity: 2, unitPriceCents: 5_000 }],
      place: difference.place ?? null,
      orderExpiresAt: new Date(NOON.getTime() + 900_000),
    },
    300,
    momentAt(),
  );
  return {
    ...charge,
    ...(charge.method === "counter" ? {} : { status: "pending", providerId: "ORD01K372G4J4FXZ9HGHZMJMGGPKE" }),
    ...difference,
  };
}

/** A refund that is wanted and that nobody has asked the provider for yet. */
export function aRefund(difference: Partial<Charge["refunds"][number]> = {}): Charge["refunds"][number] {
  return {
    id: newId(),
    amountCents: 100,
    lines: [],
    status: "requested",
    reason: "",
    idempotencyKey: null,
    fingerprint: null,
    providerRefundId: null,
    strayPaymentId: null,
    requestedAt: NOON,
    askedAt: null,
    settledAt: null,
    ...difference,
  };
}

/** What the provider says of it: paid in full, unless told otherwise. */
export function aFact(charge: Charge, difference: Partial<ProviderCharge> = {}): ProviderCharge {
  return {
    providerId: charge.providerId,
    state: "paid",
    reference: charge.id,
    amountCents: charge.amountCents,
    currency: "BRL",
    paymentId: "PAY01K372G4J4FXZ9HGHZMJMGGPKE",
    endToEndId: null,
    paidWith: "pix",
    detail: null,
    refunds: [],
    strays: [],
    asOf: NOON,
    ...difference,
  };
}

/** A call that did what it was asked to. */
export function done<Value>(value: Value): ProviderResult<Value> {
  return { outcome: "done", value };
}
