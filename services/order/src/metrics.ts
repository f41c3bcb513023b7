import { type Figure, useFigures, type Watch } from "@comanda/service-kit";
import type { Registry } from "prom-client";
import type { Ordering } from "./ordering.ts";
import { countBacklog, type OrderBacklog } from "./storage/orders.ts";

/** A paid order that no station has begun after this time is an alarm (product §3.4, KDS offline). */
const UNSEEN_AFTER_S = 30;
const PARKED_MAX = 500;

/**
 * Adds the figures that only this service knows: what waits and should not. docs/alarms.md says what each means.
 * @param others what it watches beside orders
 */
export function useOrderMetrics(
  registry: Registry,
  { db, outbox, clock, log }: Ordering,
  others: readonly Figure[],
): Watch {
  const backlog = (pick: (counts: OrderBacklog) => number) => async () =>
    pick(await countBacklog(db, { now: clock.now(), waitSeconds: UNSEEN_AFTER_S }));
  const figures: readonly Figure[] = [
    {
      name: "order_oldest_unsent_event_seconds",
      help: "Age of the oldest event that waits to be sent",
      read: () => outbox.oldestWaitingSeconds(),
      alarm: { code: "events-unsent", above: 30 },
    },
    {
      name: "order_events_parked",
      help: "Events that were given up and wait for a person",
      read: async () => (await outbox.listParked(PARKED_MAX)).length,
      alarm: { code: "events-parked", above: 0 },
    },
    {
      name: "order_unpaid_past_expiry",
      help: "Unpaid orders whose time is over and that could not be ended yet",
      read: backlog(({ unpaidPastExpiry }) => unpaidPastExpiry),
      // Ending them takes a moment, and longer while payment is away.
      alarm: { code: "unpaid-past-expiry", above: 0, forSeconds: 120 },
    },
    {
      name: "order_paid_not_in_kitchen",
      help: `Orders whose money came more than ${UNSEEN_AFTER_S} s ago and that are not paid`,
      read: backlog(({ paidNotInKitchen }) => paidNotInKitchen),
      alarm: { code: "paid-not-in-kitchen", above: 0 },
    },
    {
      name: "order_paid_not_started",
      help: `Orders paid for more than ${UNSEEN_AFTER_S} s that the kitchen has not begun`,
      read: backlog(({ paidNotStarted }) => paidNotStarted),
    },
    ...others,
  ];
  return useFigures(registry, { figures, log, clock });
}
