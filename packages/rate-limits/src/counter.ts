/** How far a window is used up, this request included. */
export type Counted = { readonly used: number; readonly secondsLeft: number };

/** Counts requests by key within windows that begin with the first of them. */
export type Counter = { readonly count: (key: Buffer, windowSeconds: number) => Promise<Counted> };

const HELD_MAX = 50_000;

/**
 * Counts in memory, for this process alone: what stands in while the shared counter is away.
 * @param nowMs a clock that only runs forward
 */
export function createLocalCounter(nowMs: () => number = () => performance.now()): Counter {
  const windows = new Map<string, { used: number; readonly endsAtMs: number }>();
  return {
    count: async (key, windowSeconds) => {
      const name = key.toString("latin1");
      const held = windows.get(name);
      if (held !== undefined && held.endsAtMs > nowMs()) {
        held.used += 1;
        return { used: held.used, secondsLeft: (held.endsAtMs - nowMs()) / 1000 };
      }
      windows.delete(name);
      const oldest = windows.keys().next();
      if (windows.size >= HELD_MAX && oldest.done !== true) windows.delete(oldest.value);
      windows.set(name, { used: 1, endsAtMs: nowMs() + windowSeconds * 1000 });
      return { used: 1, secondsLeft: windowSeconds };
    },
  };
}
