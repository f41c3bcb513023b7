import type { Clock } from "@comanda/primitives";
import type { Person } from "../domain/person.ts";

const TTL_MS = 5_000;
const ENTRIES_MAX = 10_000;

type Entry = { readonly person: Promise<Person | null>; readonly goodUntilMs: number };

/**
 * A reader of people that remembers each for at most 5 s: `GET /auth` is asked for every request behind a proxy, and
 * must not reach the database each time. Those who ask at the same moment share one query; a failed one is forgotten.
 */
export function makePersonCache(options: {
  readonly load: (id: string) => Promise<Person | null>;
  readonly clock: Clock;
}): (id: string) => Promise<Person | null> {
  const { load, clock } = options;
  const entries = new Map<string, Entry>();

  return function read(id) {
    const nowMs = clock.now().getTime();
    const known = entries.get(id);
    if (known !== undefined && known.goodUntilMs > nowMs) return known.person;
    const person = load(id);
    person.catch(() => entries.delete(id));
    // Deleted first, so that the order of the map stays the order of age and the oldest goes when it is full.
    entries.delete(id);
    if (entries.size >= ENTRIES_MAX) forgetOldest(entries);
    entries.set(id, { person, goodUntilMs: nowMs + TTL_MS });
    return person;
  };
}

function forgetOldest(entries: Map<string, Entry>): void {
  const oldest = entries.keys().next();
  if (oldest.done !== true) entries.delete(oldest.value);
}
