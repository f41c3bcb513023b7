import type { Clock } from "@comanda/primitives";
import { type Figure, type Log, useFigures, type Watch } from "@comanda/service-kit";
import { Counter, Gauge, type Registry } from "prom-client";
import type { PaymentStore } from "./storage/charge-store.ts";
import { LATE_AFTER_S, makeFigures } from "./use-cases/read-figures.ts";
import type { NoticeOutcome } from "./use-cases/receive-notice.ts";

const MINUTE_S = 60;

/** The figures that only this service knows. */
export type PaymentMetrics = {
  /** Wraps a round of background work so that its figures are kept. */
  readonly watched: (loop: "checks" | "notices", round: () => Promise<number>) => () => Promise<number>;
  /** Told what became of each notification that came in. */
  readonly onNotice: (outcome: NoticeOutcome) => void;
  /** Told how many documents of charges were brought to the present format. */
  readonly onUpgraded: (count: number) => void;
  /** The alarms; docs/alarms.md says what each means. */
  readonly watch: Watch;
};

/** Adds the service's own figures to its registry. */
export function usePaymentMetrics(
  registry: Registry,
  parts: {
    readonly store: PaymentStore;
    readonly clock: Clock;
    readonly log: Log;
    /** What it watches beside money. */
    readonly others: readonly Figure[];
  },
): PaymentMetrics {
  const { store, clock, log, others } = parts;
  const registers = [registry];
  const waiting = {
    checks: new Gauge({
      name: "payment_charges_waiting",
      help: "Charges that were due to be asked about in the last round",
      registers,
    }),
    notices: new Gauge({
      name: "payment_notices_waiting",
      help: "Notifications that waited to be worked on in the last round",
      registers,
    }),
  };
  const done = new Counter({
    name: "payment_background_total",
    help: "Charges asked about and notifications worked on",
    labelNames: ["loop"],
    registers,
  });
  const notices = new Counter({
    name: "payment_notices_total",
    help: "Notifications that came in, by what became of them",
    labelNames: ["outcome"],
    registers,
  });
  const upgraded = new Counter({
    name: "payment_charges_upgraded_total",
    help: "Documents of charges that were brought to the present format in the background",
    registers,
  });
  return {
    onNotice: (outcome) => notices.inc({ outcome }),
    onUpgraded: (count) => upgraded.inc(count),
    watch: useFigures(registry, { figures: [...figuresOf(makeFigures(store, clock)), ...others], log, clock }),
    watched: (loop, round) => async () => {
      const count = await round();
      waiting[loop].set(count);
      done.inc({ loop }, count);
      return count;
    },
  };
}

function figuresOf(read: ReturnType<typeof makeFigures>): readonly Figure[] {
  return [
    {
      name: "payment_oldest_unsent_event_seconds",
      help: "Age of the oldest event that waits to be sent",
      read: read.oldestUnsentSeconds,
      alarm: { code: "events-unsent", above: 30 },
    },
    {
      name: "payment_events_parked",
      help: "Events that were given up and wait for a person",
      read: read.parkedEvents,
      alarm: { code: "events-parked", above: 0 },
    },
    {
      name: "payment_paid_not_heard",
      help: "Approved charges of which the order has not heard for more than 30 s",
      read: read.paidUnheard,
      alarm: { code: "paid-not-in-kitchen", above: 0 },
    },
    {
      name: "payment_refunds_stuck",
      help: "Refunds that are under way for more than 10 minutes",
      read: read.stuckRefunds,
      alarm: { code: "refund-stuck", above: 0 },
    },
    {
      name: "payment_refunds_failed",
      help: "Refunds that failed and were not made good",
      read: read.failedRefunds,
      alarm: { code: "refund-not-made-good", above: 0, forSeconds: MINUTE_S },
    },
    {
      name: "payment_charges_unreadable",
      help: "Charges whose documents could not be brought to the present format",
      read: read.unreadableCharges,
      alarm: { code: "charge-unreadable", above: 0 },
    },
    // Its line in the log is the run's own, with its figures.
    {
      name: "payment_unreconciled_differences",
      help: "Open differences and unread charges in the newest reconciliation of each day of the last month",
      read: read.unreconciled,
    },
    {
      name: "payment_unreconciled_cents",
      help: "Centavos by which both books differ, in the same reconciliations",
      read: read.unreconciledCents,
    },
    {
      name: "payment_reconciliation_age_seconds",
      help: "Since when the last reconciliation was done",
      read: read.reconciliationAgeSeconds,
      alarm: { code: "reconciliation-late", above: LATE_AFTER_S },
    },
  ];
}
