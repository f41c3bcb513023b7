import { Gauge, type Registry } from "prom-client";
import type { Ordering } from "./ordering.ts";
import { countBacklog } from "./storage/orders.ts";

/** A paid order that no station has begun after this time is an alarm (product.md §3.4, KDS offline). */
const UNSEEN_AFTER_S = 30;

/** Adds the figures that only this service knows: what waits and should not. */
export function useOrderMetrics(registry: Registry, { db, outbox, clock }: Ordering): void {
  const registers = [registry];
  // With the database away there is no figure; the other figures must still be readable.
  const unknown = () => Number.NaN;
  const backlog = () => countBacklog(db, { now: clock.now(), waitSeconds: UNSEEN_AFTER_S });
  new Gauge({
    name: "order_oldest_unsent_event_seconds",
    help: "Age of the oldest event that waits to be sent",
    registers,
    async collect() {
      this.set(await outbox.oldestWaitingSeconds().catch(unknown));
    },
  });
  new Gauge({
    name: "order_unpaid_past_expiry",
    help: "Unpaid orders whose time is over and that could not be ended yet",
    registers,
    async collect() {
      this.set(await backlog().then(({ unpaidPastExpiry }) => unpaidPastExpiry, unknown));
    },
  });
  new Gauge({
    name: "order_paid_not_started",
    help: `Orders paid for more than ${UNSEEN_AFTER_S} s that the kitchen has not begun`,
    registers,
    async collect() {
      this.set(await backlog().then(({ paidNotStarted }) => paidNotStarted, unknown));
    },
  });
}
