import { addSeconds, type Clock } from "@comanda/primitives";
import type { Reconciliation } from "../domain/reconciliation.ts";
import { type WorryCode, worriesOf } from "../domain/worries.ts";
import type { PaymentStore } from "../storage/charge-store.ts";

/** A paid order must be in the kitchen by then (reliability OP-53). */
export const HEARD_AFTER_S = 30;
const LOOKED_AT_MAX = 500;
/** So many runs hold a month of days, with some that were asked for again. */
export const RUNS_MAX = 60;
/** Every day is compared; after this somebody should ask why not. */
export const LATE_AFTER_S = 30 * 3_600;

/** The figures about money that only this service can tell; each reads the store anew. */
export function makeFigures(store: PaymentStore, clock: Clock) {
  const runs = async () => latestByDay(await store.reconciliations.list({ limit: RUNS_MAX }));
  const countRefunds = async (code: WorryCode) =>
    (await store.trouble.listUnsettledRefunds({ limit: LOOKED_AT_MAX }))
      .flatMap((charge) => worriesOf(charge, clock.now()))
      .filter((worry) => worry.code === code).length;
  return {
    oldestUnsentSeconds: () => store.outbox.oldestWaitingSeconds(),
    parkedEvents: async () => (await store.outbox.listParked(LOOKED_AT_MAX)).length,
    /** Approved charges that the order has not taken in: guests have paid, and the kitchen does not know. */
    paidUnheard: () =>
      store.trouble.countUnsent({
        type: "comanda.payment.approved",
        before: addSeconds(clock.now(), -HEARD_AFTER_S),
      }),
    stuckRefunds: () => countRefunds("refund-stuck"),
    failedRefunds: () => countRefunds("refund-not-made-good"),
    unreadableCharges: async () => (await store.upgrades.pass(clock.now())).unreadable.length,
    unreconciled: async () => sumOf(await runs(), ({ open, unread }) => open + unread),
    unreconciledCents: async () => sumOf(await runs(), ({ openCents }) => openCents),
    /** `NaN` before the first one. */
    reconciliationAgeSeconds: async () => {
      const times = (await runs()).map(({ finishedAt }) => finishedAt?.getTime() ?? 0);
      return times.length === 0 ? Number.NaN : (clock.now().getTime() - Math.max(...times)) / 1_000;
    },
  };
}

/** The newest comparison that was done of each day: what an earlier one found may be settled by now. */
export function latestByDay(runs: readonly Reconciliation[]): readonly Reconciliation[] {
  const latest = new Map<string, Reconciliation>();
  for (const run of runs) if (run.status === "done" && !latest.has(run.day)) latest.set(run.day, run);
  return [...latest.values()];
}

function sumOf(
  runs: readonly Reconciliation[],
  pick: (summary: NonNullable<Reconciliation["summary"]>) => number,
): number {
  return runs.reduce((sum, { summary }) => sum + (summary === null ? 0 : pick(summary)), 0);
}
