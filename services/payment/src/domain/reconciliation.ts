import type { Cents, Id } from "@comanda/primitives";

/**
 * How the two books can differ. `ours_only`: we believe in money that the provider does not know. `theirs_only`: money
 * came there that no charge of ours knows. `amount`: both know the payment, not the same sums. `status`: one says paid
 * (or disputed, or open), the other does not. `ledger`: the entries of a charge do not add up to what it states.
 */
export const DIFFERENCE_CLASSES = ["ours_only", "theirs_only", "amount", "status", "ledger"] as const;
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];

/** What one of the two books says of a payment. */
export type Side = {
  readonly status: string;
  /** All that came, money beside the charge included. */
  readonly cameCents: Cents;
  /** All that has gone back for good. */
  readonly returnedCents: Cents;
};

/** One payment about which the books differ, or differed until they were looked at. */
export type Difference = {
  readonly class: DifferenceClass;
  /** `healed`: we had missed news, and reading them again brought both books together. */
  readonly outcome: "open" | "healed";
  readonly chargeId: Id | null;
  readonly orderId: Id | null;
  readonly providerId: string | null;
  readonly providerPaymentId: string | null;
  /** As it was found, before anything was healed. */
  readonly ours: Side | null;
  readonly theirs: Side | null;
  /** How far apart both see the money that is here; for `ledger`, the entries and what the charge states. */
  readonly differenceCents: Cents;
};

/** What both books add up to for the charges of the day. */
export type Sums = { readonly cameCents: Cents; readonly returnedCents: Cents };

/** What a run found, in figures. */
export type ReconciliationSummary = {
  /** Charges of the day that the provider should know, and older ones that it listed that day. */
  readonly compared: number;
  readonly agreeing: number;
  /** Young charges on which money may still move; looked at again the next day. */
  readonly pending: number;
  /** Charges of the counter: money that only we can know. */
  readonly counter: number;
  /** Charges about which the provider gave no answer. */
  readonly unread: number;
  readonly found: Readonly<Record<DifferenceClass, number>>;
  readonly open: number;
  readonly healed: number;
  /** What the open differences are worth together. */
  readonly openCents: Cents;
  readonly ours: Sums;
  readonly theirs: Sums;
  readonly counterSums: Sums;
  /** Payments that the provider listed, and how often it was asked in all. */
  readonly listed: number;
  readonly requests: number;
};

/** How far a run has come. */
export type RunStatus = "queued" | "running" | "done" | "failed";

/** One comparison of both books for one business day, without what it found line by line. */
export type Reconciliation = {
  readonly id: Id;
  /** The business day, `2026-03-10`: from 05:00 in São Paulo to 05:00 of the next. */
  readonly day: string;
  readonly trigger: "daily" | "person";
  readonly status: RunStatus;
  readonly attempts: number;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Why it failed, or why it had to begin anew. */
  readonly reason: string | null;
  /** `null` until it is done. */
  readonly summary: ReconciliationSummary | null;
};

/** A run with every difference that it found. */
export type ReconciliationReport = Reconciliation & { readonly items: readonly Difference[] };

/** How far apart two sides see the money that is here. */
export function apartCents(ours: Side | null, theirs: Side | null): Cents {
  const kept = (side: Side | null) => (side === null ? 0 : side.cameCents - side.returnedCents);
  return Math.abs(kept(ours) - kept(theirs));
}
