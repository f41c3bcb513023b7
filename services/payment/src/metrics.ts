import { Counter, Gauge, type Registry } from "prom-client";
import type { ChargeStore } from "./storage/charge-store.ts";

/** The figures that only this service knows. */
export type PaymentMetrics = {
  /** Wraps a round of background work so that its figures are kept. */
  readonly watched: (loop: "checks" | "notices", round: () => Promise<number>) => () => Promise<number>;
};

/** Adds the service's own figures to its registry. */
export function usePaymentMetrics(registry: Registry, store: ChargeStore): PaymentMetrics {
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
  new Gauge({
    name: "payment_oldest_unsent_event_seconds",
    help: "Age of the oldest event that waits to be sent",
    registers,
    async collect() {
      // With the database away there is no figure; the other figures must still be readable.
      this.set(await store.outbox.oldestWaitingSeconds().catch(() => Number.NaN));
    },
  });
  return {
    watched: (loop, round) => async () => {
      const count = await round();
      waiting[loop].set(count);
      done.inc({ loop }, count);
      return count;
    },
  };
}
