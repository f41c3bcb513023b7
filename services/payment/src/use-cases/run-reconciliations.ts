import { boundsOfBusinessDay, type DayBounds } from "@comanda/primitives";
import type { Reconciliation } from "../domain/reconciliation.ts";
import type { ReconciliationStore, RunOutcome } from "../storage/reconciliation-store.ts";
import { ProviderAwayError } from "./list-provider-payments.ts";
import type { Pace } from "./pace.ts";
import { type ReconciliationDesk, reconcileDay } from "./reconcile-day.ts";

/** What running comparisons takes: a desk that asks in the given pace, and where runs are kept. */
export type ReconciliationRuns = {
  readonly desk: ReconciliationDesk;
  readonly reconciliations: ReconciliationStore;
  readonly pace: Pace;
};

/** Much longer than between two signs of life, so that nobody takes over a run that is alive. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 15_000;
/** A run begins anew so often before people must look. */
const ATTEMPTS_MAX = 6;
const AGAIN_MS = 5 * 60_000;

/** The work is to end: the process closes, or another one has taken the run over. */
class RunEnded extends Error {
  override readonly name = "RunEnded";
}

/**
 * Does the next run that waits or was left behind, if there is one. A run that cannot be ended begins anew: it only
 * reads, and what it heals stays healed.
 * @returns how many were worked on
 */
export async function runReconciliation(runs: ReconciliationRuns, signal: AbortSignal): Promise<number> {
  const { desk, reconciliations } = runs;
  const run = await reconciliations.claim({ leaseMs: LEASE_MS });
  if (run === null) return 0;
  const lost = new AbortController();
  const heartbeat = setInterval(() => void renew(runs, run, lost), RENEW_EVERY_MS);
  try {
    const outcome = await attempt(runs, run, AbortSignal.any([signal, lost.signal]));
    if (await reconciliations.settle(run, outcome)) tell(desk, run, outcome);
  } finally {
    clearInterval(heartbeat);
  }
  return 1;
}

async function renew({ desk, reconciliations }: ReconciliationRuns, run: Reconciliation, lost: AbortController) {
  try {
    if (!(await reconciliations.renew(run, { leaseMs: LEASE_MS }))) lost.abort();
  } catch (error) {
    // With the database away the lease runs out, and whoever comes first goes on.
    desk.log.warn({ err: error, reconciliation: run.id }, "a run could not be kept");
  }
}

async function attempt(runs: ReconciliationRuns, run: Reconciliation, signal: AbortSignal): Promise<RunOutcome> {
  const { desk, pace } = runs;
  const bounds = boundsOfBusinessDay(run.day);
  if (bounds === null || run.attempts > ATTEMPTS_MAX) return { kind: "failed", reason: "it was begun too often" };
  const asked = pace.count();
  try {
    const { items, ...figures } = await reconcileDay(desk, untilNow(bounds, desk.clock.now()), () => {
      if (signal.aborted) throw new RunEnded("the run was ended");
    });
    return { kind: "done", summary: { ...figures, requests: pace.count() - asked }, items };
  } catch (error) {
    if (error instanceof RunEnded) return { kind: "again", reason: "interrupted", retryInMs: 0 };
    const isAway = error instanceof ProviderAwayError;
    if (!isAway) desk.log.error({ err: error, reconciliation: run.id }, "a reconciliation broke off");
    const reason = isAway ? error.message : "an error of our own; see the log";
    return run.attempts >= ATTEMPTS_MAX ? { kind: "failed", reason } : { kind: "again", reason, retryInMs: AGAIN_MS };
  }
}

/** A day that is not over is compared as far as it has come. */
function untilNow({ from, to }: DayBounds, now: Date): DayBounds {
  return { from, to: now < to ? now : to };
}

function tell(desk: ReconciliationDesk, { id, day, attempts }: Reconciliation, outcome: RunOutcome): void {
  if (outcome.kind === "done") {
    const { open, healed, openCents, unread, compared, requests } = outcome.summary;
    const figures = { reconciliation: id, day, open, healed, open_cents: openCents, unread, compared, requests };
    if (open > 0) desk.log.error({ ...figures, alarm: "money-unreconciled" }, "the books differ");
    else desk.log.info(figures, "the books were compared");
  } else if (outcome.kind === "failed") {
    const { reason } = outcome;
    desk.log.error({ reconciliation: id, day, attempts, reason, alarm: "reconciliation-failed" }, "no comparison");
  } else {
    desk.log.warn({ reconciliation: id, day, attempts, reason: outcome.reason }, "a comparison begins anew");
  }
}
