import type { Clock } from "@comanda/primitives";
import type { Tally, TallyKind, TallyStore } from "../storage/tally-store.ts";

/** Counts things that need no more than being counted; what was counted is written now and then. */
export type Counting = {
  readonly count: (kind: TallyKind, resource?: string) => void;
  /** Writes down what was counted since the last time. With the database away it is kept for the next one. */
  readonly flush: () => Promise<void>;
};

/** Makes a counter over a store that all processes share: a thousand forged notices are one write. */
export function makeCounting(store: TallyStore, clock: Clock): Counting {
  const waiting = new Map<TallyKind, Omit<Tally, "day">>();

  function add(more: Omit<Tally, "day">): void {
    const known = waiting.get(more.kind);
    const firstAt = known === undefined || known.firstAt > more.firstAt ? more.firstAt : known.firstAt;
    const resource = more.resource ?? known?.resource ?? null;
    waiting.set(more.kind, { ...more, count: (known?.count ?? 0) + more.count, firstAt, resource });
  }

  return {
    count: (kind, resource) => {
      const now = clock.now();
      add({ kind, count: 1, firstAt: now, lastAt: now, resource: resource ?? null });
    },
    flush: async () => {
      for (const [kind, more] of waiting) {
        waiting.delete(kind);
        try {
          await store.add(more);
        } catch (error) {
          add(more);
          throw error;
        }
      }
    },
  };
}
