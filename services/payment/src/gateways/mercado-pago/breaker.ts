/** `half-open`: the pause is over, and one call finds out whether the trouble is. */
export type BreakerState = "closed" | "half-open" | "open";

/** Keeps calls from a provider that is ill. */
export type Breaker = {
  /** Makes a call and looks at what came of it; `null`, and no call, while the breaker is open. */
  readonly run: <Outcome>(
    call: () => Promise<Outcome>,
    isIll: (outcome: Outcome) => boolean,
  ) => Promise<Outcome | null>;
};

const WINDOW_MS = 10_000;
const CALLS_MIN = 20;
const ILL_SHARE = 0.5;
const PAUSE_MS = 5_000;

/**
 * Opens when half or more of at least 20 calls of the last 10 s found the provider ill; 5 s later one call tries, and
 * closes it or opens it again (reliability PA-17). Times are of a clock that nobody sets: a wall clock that is put back
 * by an hour must not keep money waiting for an hour.
 * @param now milliseconds that only grow
 */
export function makeBreaker(
  onChange: (state: BreakerState) => void,
  now: () => number = () => performance.now(),
): Breaker {
  let state: BreakerState = "closed";
  let openedAt = 0;
  let seen: readonly { readonly at: number; readonly isIll: boolean }[] = [];

  function become(next: BreakerState): void {
    state = next;
    seen = [];
    if (next === "open") openedAt = now();
    onChange(next);
  }

  function note(isIll: boolean): void {
    const at = now();
    seen = [...seen.filter((call) => call.at > at - WINDOW_MS), { at, isIll }];
    const illCount = seen.filter((call) => call.isIll).length;
    if (seen.length >= CALLS_MIN && illCount >= ILL_SHARE * seen.length) become("open");
  }

  async function probe<Outcome>(call: () => Promise<Outcome>, isIll: (outcome: Outcome) => boolean): Promise<Outcome> {
    become("half-open");
    try {
      const outcome = await call();
      become(isIll(outcome) ? "open" : "closed");
      return outcome;
    } catch (error) {
      become("open");
      throw error;
    }
  }

  return {
    run: async (call, isIll) => {
      if (state === "open" && now() >= openedAt + PAUSE_MS) return probe(call, isIll);
      if (state !== "closed") return null;
      const outcome = await call();
      // What went out before it opened says nothing new.
      if (state === "closed") note(isIll(outcome));
      return outcome;
    },
  };
}
