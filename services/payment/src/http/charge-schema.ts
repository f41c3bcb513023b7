import { qrCodeImage } from "@comanda/br-code";
import { CHARGE_STATUSES, instructionOf, PAYMENT_METHODS } from "@comanda/contracts";
import { IdSchema, InstantSchema, Nullable } from "@comanda/service-kit";
import { type Static, type TSchema, Type } from "typebox";
import type { Charge } from "../domain/charge.ts";
import { refundingCents } from "../domain/refund-sums.ts";
import { payable } from "../domain/snapshot.ts";
import type { Audience } from "./charge-access.ts";

const Cents = Type.Integer({ minimum: 0, description: "centavos" });

const example = {
  id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02",
  order_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01",
  attempt: 1,
  customer_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03",
  status: "approved",
  amount_cents: 4290,
  refunded_cents: 0,
  refunding_cents: 0,
  currency: "BRL",
  method: "qr",
  qr_code: null,
  qr_code_image: null,
  payment_link: null,
  detail: null,
  instruction: null,
  device_id: null,
  terminal_id: null,
  provider: "mercadopago",
  provider_id: "ORD01K372G4J4FXZ9HGHZMJMGGPKE",
  end_to_end_id: null,
  expires_at: null,
  approved_at: "2026-01-15T12:01:30.000Z",
  version: 3,
  created_at: "2026-01-15T12:00:00.000Z",
  updated_at: "2026-01-15T12:01:30.000Z",
};

const properties = {
  id: IdSchema,
  order_id: IdSchema,
  attempt: Type.Integer({ minimum: 1 }),
  customer_id: Nullable(IdSchema),
  status: Type.Enum(CHARGE_STATUSES),
  amount_cents: Cents,
  refunded_cents: Cents,
  refunding_cents: Type.Integer({
    minimum: 0,
    description: "centavos that are wanted or on their way back beside that",
  }),
  currency: Type.Literal("BRL"),
  method: Type.Enum(PAYMENT_METHODS),
  qr_code: Nullable(Type.String({ description: "Pix BR Code, to be copied or scanned; gone once it is settled" })),
  qr_code_image: Nullable(Type.String({ description: "Data URL of the QR code" })),
  payment_link: Nullable(Type.String()),
  detail: Nullable(
    Type.String({ description: "What a person at the card terminal has to know, or why the card was refused: a code" }),
  ),
  instruction: Nullable(Type.String({ description: "The same as a sentence, in Portuguese, for the screen" })),
  device_id: Nullable(
    Type.String({ description: "The paired device at which it is paid; only for staff and services" }),
  ),
  terminal_id: Nullable(Type.String({ description: "The card terminal; only for staff and services" })),
  provider: Type.Enum(["mercadopago", "counter"]),
  provider_id: Nullable(Type.String({ description: "Only for staff and services" })),
  end_to_end_id: Nullable(Type.String({ description: "Pix end-to-end id, once paid" })),
  expires_at: Nullable(InstantSchema),
  approved_at: Nullable(InstantSchema),
  version: Type.Integer({ minimum: 1 }),
  created_at: InstantSchema,
  updated_at: InstantSchema,
};

/** A charge on the wire (the contract, payment service). */
export const ChargeSchema = Type.Object(properties, { examples: [example] });
export type ChargeView = Static<typeof ChargeSchema>;

const SHOWN_TO_KITCHEN = [
  "id",
  "order_id",
  "attempt",
  "status",
  "currency",
  "method",
  "detail",
  "instruction",
  "provider",
  "expires_at",
  "approved_at",
  "version",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof ChargeView)[];

/** A charge where the kitchen reads as well: it finds in it whether it was paid, and no price and no person (ADR 0030). */
export const ChargeSeenSchema = Type.Object(
  { ...Type.Partial(Type.Object(properties)).properties, ...Type.Pick(ChargeSchema, SHOWN_TO_KITCHEN).properties },
  {
    description: "The kitchen gets no amounts, no codes to pay with, no customer and no ids of the provider or bank",
    examples: [example],
  },
);
export type ChargeSeen = Static<typeof ChargeSeenSchema>;

/** A charge with something beside it, such as the change to hand back. */
export function ChargeWith<More extends Record<string, TSchema>>(more: More) {
  return Type.Object({ ...properties, ...more });
}

/** The charge as `audience` may see it. */
export async function viewFor(charge: Charge, audience: Audience): Promise<ChargeSeen> {
  return audience === "kitchen" ? viewOfKitchen(charge) : viewOfCharge(charge, audience);
}

/** The whole charge; guests see no ids of the provider. */
export async function viewOfCharge(charge: Charge, audience: "guest" | "house"): Promise<ChargeView> {
  const { qrCode, paymentLink } = payable(charge);
  return {
    ...viewOfKitchen(charge),
    customer_id: charge.customerId,
    amount_cents: charge.amountCents,
    refunded_cents: charge.refundedCents,
    refunding_cents: refundingCents(charge.refunds),
    qr_code: qrCode,
    // Derived, so never stored.
    qr_code_image: qrCode === null ? null : await qrCodeImage(qrCode),
    payment_link: paymentLink,
    device_id: audience === "house" ? (charge.place?.deviceId ?? null) : null,
    terminal_id: audience === "house" && charge.method === "terminal" ? (charge.place?.terminalId ?? null) : null,
    provider_id: audience === "house" ? charge.providerId : null,
    end_to_end_id: charge.endToEndId,
  };
}

function viewOfKitchen(charge: Charge): Pick<ChargeView, (typeof SHOWN_TO_KITCHEN)[number]> {
  return {
    id: charge.id,
    order_id: charge.orderId,
    attempt: charge.attempt,
    status: charge.status,
    currency: charge.currency,
    method: charge.method,
    detail: charge.detail,
    instruction: instructionOf(charge.detail),
    provider: charge.provider,
    expires_at: payable(charge).expiresAt?.toISOString() ?? null,
    approved_at: charge.approvedAt?.toISOString() ?? null,
    version: charge.version,
    created_at: charge.createdAt.toISOString(),
    updated_at: charge.updatedAt.toISOString(),
  };
}
