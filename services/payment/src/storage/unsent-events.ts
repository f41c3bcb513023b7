import type { Delivery } from "@comanda/messaging";
import type { Id } from "@comanda/primitives";
import type { UnsentEvent } from "../domain/charge.ts";

type Events = readonly UnsentEvent[];

/**
 * Takes the oldest event for delivery.
 * @returns the events with that one leased, and that one; `null` when it is not due or in somebody's hands
 */
export function leaseOldest(
  events: Events,
  { now, leaseMs }: { readonly now: Date; readonly leaseMs: number },
): { readonly events: Events; readonly leased: UnsentEvent } | null {
  const oldest = events.find(({ parkedAt }) => parkedAt === null);
  const due = dueAt(events);
  if (oldest === undefined || due === null || due > now) return null;
  const lockedUntil = new Date(now.getTime() + leaseMs);
  const leased = { ...oldest, attempts: oldest.attempts + 1, lockedUntil };
  return { events: events.map((event) => (event === oldest ? leased : event)), leased };
}

/**
 * A new event, due by the clock of whoever keeps it: written to be said at once it is due at once, however far ahead the
 * clock of its writer is (reliability OP-48).
 */
export function dueByClock(event: UnsentEvent, now: Date): UnsentEvent {
  const { at, availableAt } = event;
  const due = new Date(now.getTime() + availableAt.getTime() - at.getTime());
  return due < availableAt ? { ...event, availableAt: due } : event;
}

/** Writes down what came of a delivery. `null` when there is no such event (any more): then there is nothing to do. */
export function settleEvent(
  events: Events,
  { id, delivery, now }: { readonly id: Id; readonly delivery: Delivery; readonly now: Date },
): Events | null {
  if (!events.some((event) => event.id === id)) return null;
  return events.flatMap((event) => {
    if (event.id !== id) return [event];
    if (delivery.outcome === "done") return [];
    const kept = { ...event, lockedUntil: null, lastError: delivery.reason };
    if (delivery.outcome === "park") return [{ ...kept, parkedAt: now }];
    return [{ ...kept, availableAt: new Date(now.getTime() + delivery.retryInMs) }];
  });
}

/** Puts a parked event back in line, as if it had never been tried. `null` when none of that id is parked. */
export function unparkEvent(events: Events, { id, now }: { readonly id: Id; readonly now: Date }): Events | null {
  if (!events.some((event) => event.id === id && event.parkedAt !== null)) return null;
  return events.map((event) => (event.id === id ? { ...event, parkedAt: null, attempts: 0, availableAt: now } : event));
}

/** When the oldest event that is not parked may be taken; `null` when there is none. */
export function dueAt(events: Events): Date | null {
  const oldest = events.find(({ parkedAt }) => parkedAt === null);
  if (oldest === undefined) return null;
  const { availableAt, lockedUntil } = oldest;
  return lockedUntil !== null && lockedUntil > availableAt ? lockedUntil : availableAt;
}

/** Since when an event waits that might have been sent, however often it was tried; `null` when none does. */
export function waitingSince(events: Events): Date | null {
  const times = events
    .filter(({ parkedAt }) => parkedAt === null)
    .map(({ attempts, at, availableAt }) => (attempts === 0 ? availableAt : at).getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}
