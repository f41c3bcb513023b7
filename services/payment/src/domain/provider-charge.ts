import type { ChargeDetail } from "@comanda/contracts";
import type { Cents } from "@comanda/primitives";

/** The code of a refusal that passes by itself: one charge at a time per card terminal. */
export const TERMINAL_BUSY = "terminal-busy";

/**
 * What a provider may say of a charge, in our words. `unclear`: it has ended there and nobody can pay it any more, but
 * whether money was taken only a look at the card terminal tells.
 */
export type ProviderState =
  | "open"
  | "in_review"
  | "unclear"
  | "paid"
  | "rejected"
  | "expired"
  | "cancelled"
  | "in_dispute"
  | "charged_back";

/** Money that the provider gives back, as it says itself. */
export type ProviderRefund = {
  readonly id: string;
  readonly amountCents: Cents;
  readonly status: "in_process" | "done" | "failed";
};

/** A payment that came beside the one that counts. It is never believed and always given back. */
export type StrayPayment = {
  readonly paymentId: string;
  readonly amountCents: Cents;
  readonly why: "paid-twice" | "wrong-amount";
  readonly refunds: readonly ProviderRefund[];
};

/** A charge as the provider holds it at one moment: read there, never taken from a notification. */
export type ProviderCharge = {
  /** The provider's order or preference, when it is known. */
  readonly providerId: string | null;
  readonly state: ProviderState;
  /** What we called it: the charge's id. */
  readonly reference: string | null;
  /** What was paid, or what is asked while nothing is; `null` when the provider does not say. */
  readonly amountCents: Cents | null;
  readonly currency: string | null;
  readonly paymentId: string | null;
  readonly endToEndId: string | null;
  /** By what means it was paid, such as `pix` or `credit_card`. */
  readonly paidWith: string | null;
  /** What a person at the card terminal has to know; `null` elsewhere. */
  readonly detail: ChargeDetail | null;
  readonly refunds: readonly ProviderRefund[];
  /** Money under the same reference that is not this charge's: the second of two payments, or a wrong amount. */
  readonly strays: readonly StrayPayment[];
  /** The provider's own time of the last change; orders facts. */
  readonly asOf: Date | null;
};

/** What the provider made of our wish for a charge. */
export type CreatedAtProvider = {
  readonly providerId: string;
  readonly paymentId: string | null;
  readonly qrCode: string | null;
  readonly paymentLink: string | null;
  readonly expiresAt: Date | null;
  /** Set when what came back must not be shown to a payer. */
  readonly distrust: "qr-invalid" | "qr-other-amount" | null;
};

/** The answer to a refund that was asked for. */
export type RefundAnswer = { readonly providerRefundId: string; readonly status: ProviderRefund["status"] };

/**
 * What came of a call. `refused`: the provider said no, and saying it again would not help. `unknown`: it may or may
 * not have taken effect. `unavailable`: nothing happened; try again later.
 */
export type ProviderResult<Value> =
  | { readonly outcome: "done"; readonly value: Value }
  | { readonly outcome: "refused"; readonly status: number; readonly code: string }
  | { readonly outcome: "unknown"; readonly reason: string }
  | { readonly outcome: "unavailable"; readonly reason: string };
