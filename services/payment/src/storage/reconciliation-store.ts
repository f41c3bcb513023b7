import type { Id } from "@comanda/primitives";
import type {
  Difference,
  Reconciliation,
  ReconciliationReport,
  ReconciliationSummary,
} from "../domain/reconciliation.ts";

/** What is asked for: one comparison of one business day. */
export type ReconciliationRequest = Pick<Reconciliation, "id" | "day" | "trigger" | "requestedAt"> & {
  /** Same key, same run: asked for twice, run once. */
  readonly key: string;
};

/** What became of an attempt. `again`: it could not be ended, and begins anew after `retryInMs`. */
export type RunOutcome =
  | { readonly kind: "done"; readonly summary: ReconciliationSummary; readonly items: readonly Difference[] }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "again"; readonly reason: string; readonly retryInMs: number };

/**
 * Where the comparisons with the provider are kept. At most one runs at a time, however many processes there are, so
 * that together they ask the provider no faster than one; a run whose process died is taken over after its lease.
 */
export type ReconciliationStore = {
  /** The run of this key, or the one of this day that has not ended yet, or else a new one. */
  readonly request: (
    request: ReconciliationRequest,
  ) => Promise<{ readonly outcome: "new" | "same-key" | "under-way"; readonly run: Reconciliation }>;
  /** The run that is to go on now, leased; its `attempts` name this attempt. `null` when there is nothing to do. */
  readonly claim: (options: { readonly leaseMs: number }) => Promise<Reconciliation | null>;
  /** `false` when the attempt is no longer the one that runs: stop. */
  readonly renew: (run: RunAttempt, options: { readonly leaseMs: number }) => Promise<boolean>;
  /** Writes down what became of an attempt. `false` when it is no longer the one that runs: nothing is written. */
  readonly settle: (run: RunAttempt, outcome: RunOutcome) => Promise<boolean>;
  readonly get: (id: Id) => Promise<ReconciliationReport | null>;
  /** Newest first, by keyset; `after` is the id of the last one of the page before. */
  readonly list: (options: { readonly limit: number; readonly after?: Id }) => Promise<readonly Reconciliation[]>;
};

/** One attempt of a run. */
export type RunAttempt = Pick<Reconciliation, "id" | "attempts">;
