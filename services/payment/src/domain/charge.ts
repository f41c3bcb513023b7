import type { ChargeDetail, ChargeStatus, PaymentMethod } from "@comanda/contracts";
import type { Cents, Id } from "@comanda/primitives";
import type { FlowCode } from "./flow-codes.ts";

/**
 * One try to collect the money of one order: state, recorded flow and unsent events in one document, so that all three
 * change together or not at all, on a lone MongoDB, a replica set, a sharded cluster and PostgreSQL alike.
 */
export type Charge = {
  readonly id: Id;
  readonly orderId: Id;
  /** 1, 2, 3 … within the order; (orderId, attempt) is unique. */
  readonly attempt: number;
  readonly customerId: Id | null;
  readonly method: PaymentMethod;
  readonly amountCents: Cents;
  readonly currency: "BRL";
  readonly description: string;
  readonly items: readonly ChargeItem[];
  readonly status: ChargeStatus;
  readonly refundedCents: Cents;
  /** Who takes the money: Mercado Pago, or the cashier. */
  readonly provider: "mercadopago" | "counter";
  /** Mercado Pago's order id (qr) or preference id (link). */
  readonly providerId: string | null;
  /** The id by which the provider knows the payment itself, once there is one. */
  readonly providerPaymentId: string | null;
  /** Pix end-to-end id (Bacen), once paid, when the provider tells it. */
  readonly endToEndId: string | null;
  readonly qrCode: string | null;
  readonly paymentLink: string | null;
  /** Where it is paid; `null` when no device was named. Fixed at birth: a call that is repeated must say the same. */
  readonly place: ChargePlace | null;
  /** What a person at the card terminal has to know, or why the card was refused. */
  readonly detail: ChargeDetail | null;
  readonly expiresAt: Date | null;
  readonly approvedAt: Date | null;
  /**
   * What is known of the wish for a charge at the provider. `asked`: a call is under way, or died with its process;
   * `unknown`: it got no answer, and may have taken effect; `unavailable`: it never arrived; `settled`: answered.
   */
  readonly making: "asked" | "unknown" | "unavailable" | "settled";
  /** When the provider was first asked with the present key: its memory of the key counts from here. */
  readonly askedAt: Date | null;
  readonly refunds: readonly Refund[];
  /** The recorded flow, oldest first: what was asked, answered, notified and decided, without secrets. */
  readonly entries: readonly FlowEntry[];
  /** Every centavo that moved, in double entry, oldest first; only ever added to (ledger.ts). */
  readonly ledger: readonly MoneyEntry[];
  /** Events that are true and not yet said (the outbox lives inside the document). */
  readonly unsent: readonly UnsentEvent[];
  /** When to ask the provider again without being told to; `null` once nothing more is expected. */
  readonly nextCheckAt: Date | null;
  /** The newest moment of the provider's clock of which something was believed, news or not; `null` before the first. */
  readonly asOf: Date | null;
  /** How often the provider was asked in the present state; sets the rhythm of the next question. */
  readonly checks: number;
  /** Rises by one with every change; a writer names the version it read. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** The device that ordered, and what the shop has put beside it. */
export type ChargePlace = {
  readonly deviceId: Id;
  /** The provider's point of sale; `null` means the shop's default one. */
  readonly externalPosId: string | null;
  readonly terminalId: string | null;
};

/** One line of what is paid for, as the provider shows it to the payer. */
export type ChargeItem = {
  /** The order's name for the line, else its place, from "1"; unique within the charge. */
  readonly id: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPriceCents: Cents;
};

/** A line, or some of it, that goes back. */
export type RefundLine = { readonly itemId: string; readonly quantity: number; readonly amountCents: Cents };

/** Money on its way back. */
export type Refund = {
  readonly id: Id;
  readonly amountCents: Cents;
  /** The lines it gives back; empty when it was asked for by amount. */
  readonly lines: readonly RefundLine[];
  /** `unknown`: the provider was asked and no answer is known; it may or may not give the money back. */
  readonly status: "requested" | "unknown" | "in_process" | "done" | "failed";
  readonly reason: string;
  /** The caller's Idempotency-Key and the fingerprint of its request, when it came over HTTP. */
  readonly idempotencyKey: string | null;
  readonly fingerprint: string | null;
  readonly providerRefundId: string | null;
  /** The provider's payment it goes back from, when that is not the charge's own: money that came beside it. */
  readonly strayPaymentId: string | null;
  readonly requestedAt: Date;
  /** When the provider was first asked: its memory of the key counts from here. */
  readonly askedAt: Date | null;
  readonly settledAt: Date | null;
};

/** One step of the recorded flow. `detail` is safe to show to staff: no token, no personal data, no card. */
export type FlowEntry = {
  readonly at: Date;
  readonly kind: "intent" | "request" | "answer" | "notification" | "decision" | "event";
  /** Its stable name (flow-codes.ts); absent in what was written before it was kept: read it by `codeOfStep`. */
  readonly code?: string;
  /** For whoever looks into the document; nothing is decided by it. */
  readonly summary: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** A step as it is written now: with its name. */
export type NamedEntry = FlowEntry & { readonly code: FlowCode };

/** One movement of money between two accounts of the house, in centavos. */
export type MoneyEntry = {
  readonly at: Date;
  readonly why: "paid" | "refund-wanted" | "returned" | "charged-back" | "stray-came" | "stray-returned";
  /** It takes back what was booked before: a refund that failed, a chargeback that was decided for us. */
  readonly isReversal: boolean;
  readonly debit: "provider" | "drawer" | "customer_owed" | "sales" | "losses";
  readonly credit: MoneyEntry["debit"];
  readonly amountCents: Cents;
};

/** An event inside the document, with what the relay needs to know of it. */
export type UnsentEvent = {
  readonly id: Id;
  readonly type: string;
  readonly at: Date;
  readonly data: unknown;
  readonly traceparent: string | null;
  readonly attempts: number;
  readonly availableAt: Date;
  readonly lockedUntil: Date | null;
  readonly parkedAt: Date | null;
  readonly lastError: string | null;
};
