import type { Clock } from "@comanda/primitives";
import type { Person } from "../domain/person.ts";

const TTL_MS = 5_000;
const ENTRIES_MAX = 10_000;

/** Somebody as they are, or `null` for nobody; at once where they were read within seconds. */
export type ReadPerson = (id: string) => Person | null | Promise<Person | null>;

type Entry = { person: Person | null | Promise<Person | null>; readonly goodUntilMs: number };

/**
 * A reader of people that remembers each for at most 5 s: `GET /auth` is asked for every request behind a proxy, and
 * must not reach the database each time. Those who ask at the same moment share one query; a failed one is forgotten.
 */
export function makePersonCache(options: {
  readonly load: (id: string) => Promise<Person | null>;
  readonly clock: Clock;
}): ReadPerson {
  const { load, clock } = options;
  const entries = new Map<string, Entry>();

  return function read(id) {
    const nowMs = clock.now().getTime();
    const known = entries.get(id);
    if (known !== undefined && known.goodUntilMs > nowMs) return known.person;
    const loading = load(id);
    const entry: Entry = { person: loading, goodUntilMs: nowMs + TTL_MS };
    loading.then(
      (person) => {
        entry.person = person;
      },
      () => {
        if (entries.get(id) === entry) entries.delete(id);
      },
    );
    // Deleted first, so that the order of the map stays the order of age and the oldest goes when it is full.
    entries.delete(id);
    if (entries.size >= ENTRIES_MAX) forgetOldest(entries);
    entries.set(id, entry);
    return loading;
  };
}

function forgetOldest(entries: Map<string, Entry>): void {
  const oldest = entries.keys().next();
  if (oldest.done !== true) entries.delete(oldest.value);
}
