/** There is no place and no place to wait; the caller should come again (answered 503 with Retry-After). */
export class BusyError extends Error {
  override readonly name = "BusyError";
  /** When there should be a place for this caller. */
  readonly retryAfterSeconds: number;

  constructor(what: string, retryAfterSeconds: number) {
    super(what);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** So many at once, and so many more in line. */
export type Places = { readonly atOnce: number; readonly waiting: number };

/**
 * Makes a bulkhead: whoever finds all places and the line taken is told to come again.
 * @param turnedAway the error for them, made at that moment
 */
export function makeBulkhead({ atOnce, waiting }: Places, turnedAway: () => BusyError) {
  const line: (() => void)[] = [];
  let running = 0;

  return async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (running >= atOnce) {
      if (line.length >= waiting) throw turnedAway();
      await new Promise<void>((resolve) => line.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next in line as it is, so that nobody slips in between.
      const next = line.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

const SOONEST_MS = 1_000;
const LATEST_S = 30;

/**
 * Tells those who are turned away when to come again: one after the other, at the pace at which they can be served.
 * Were all told the same, they would come back as the same crowd, and most of the time between would be spent idle.
 * @param msEach how long one of them takes at this moment
 * @returns whole seconds from now
 */
export function makeAppointments(msEach: () => number, nowMs: () => number): () => number {
  let lastMs = 0;
  return () => {
    const now = nowMs();
    lastMs = Math.min(now + LATEST_S * 1_000, Math.max(lastMs, now + SOONEST_MS - msEach()) + msEach());
    return Math.ceil((lastMs - now) / 1_000);
  };
}
