import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  circuitBreaker,
  handleWhenResult,
  SamplingBreaker,
} from "cockatiel";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { CALL_TIMEOUT_MS, withinDeadline } from "./provider-fetch.ts";

/** What came of one try, and what it says of the provider's health. */
export type Try<Value> = {
  readonly result: ProviderResult<Value>;
  /** The provider is ill: it answered 5xx, nonsense, or nothing. A refusal is a healthy answer. */
  readonly isIll: boolean;
  /** It may well answer if it is asked again at once. */
  readonly isWorthRepeating: boolean;
  /** Seconds in which it does not want to be asked. */
  readonly retryAfterSeconds: number | null;
};

/** Hears of every call, for figures and alarms. */
export type ProviderObserver = {
  readonly onCall: (call: { readonly name: string; readonly outcome: string; readonly seconds: number }) => void;
  /** A call that was not made, and why. */
  readonly onShed: (why: "breaker" | "crowd" | "told-to-wait" | "too-late") => void;
  readonly onBreaker: (state: "closed" | "half-open" | "open") => void;
  /** An answer that has not its documented shape: people look, since the provider may have changed. */
  readonly onStrangeAnswer: (name: string) => void;
};

/** Makes calls within the limits. */
export type ProviderLimits = <Value>(
  name: string,
  attempt: () => Promise<Try<Value>>,
) => Promise<ProviderResult<Value>>;

/** At most so many calls under way, so that a slow provider does not take all of the service with it. */
const AT_ONCE = 20;
const WAITING_MAX = 200;
const PAUSE_MS = { min: 100, max: 1_000 };
/** Less than this and a call would only be cut off. */
const WORTH_TRYING_MS = 500;
/** Second tries are a tenth of all calls at most, with a few saved up: retries must not multiply an outage. */
const BUDGET = { perCall: 0.1, max: 10 };
const BREAKER = { threshold: 0.5, duration: 10_000, minimumRps: 2 };
const HALF_OPEN_AFTER_MS = 5_000;
/** Nobody is told to go away for an hour; the sweeper asks in its own time anyway. */
const TOLD_MAX_S = 300;

const STATES = {
  [CircuitState.Closed]: "closed",
  [CircuitState.HalfOpen]: "half-open",
  [CircuitState.Open]: "open",
  [CircuitState.Isolated]: "open",
} as const;

/**
 * The limits on calls to the provider (reliability PA-17): 5 s for all of a call, waiting and repeating included; two
 * tries with full jitter, the second out of a budget; 20 at once; a breaker that opens when half of 20 calls in 10 s
 * find the provider ill and tries one after 5 s; `Retry-After` obeyed. What is not made is `unavailable`: nothing
 * happened, and the sweeper asks again with the same key.
 */
export function makeProviderLimits(observer: ProviderObserver, random: () => number = Math.random): ProviderLimits {
  const crowd = bulkhead(AT_ONCE, WAITING_MAX);
  const breaker = circuitBreaker(
    handleWhenResult(
      (tried) => typeof tried === "object" && tried !== null && "isIll" in tried && tried.isIll === true,
    ),
    { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new SamplingBreaker(BREAKER) },
  );
  breaker.onStateChange((state) => observer.onBreaker(STATES[state]));
  let budget = BUDGET.max;
  let notBefore = 0;

  function shed(why: Parameters<ProviderObserver["onShed"]>[0]): ProviderResult<never> {
    observer.onShed(why);
    return { outcome: "unavailable", reason: `not asked: ${why}` };
  }

  async function tryOnce<Value>(attempt: () => Promise<Try<Value>>, untilMs: number): Promise<Try<Value>> {
    const tried = await breaker.execute(() => withinDeadline(untilMs, attempt));
    const { retryAfterSeconds } = tried;
    if (retryAfterSeconds !== null) notBefore = performance.now() + Math.min(TOLD_MAX_S, retryAfterSeconds) * 1_000;
    return tried;
  }

  async function inTime<Value>(attempt: () => Promise<Try<Value>>, untilMs: number): Promise<ProviderResult<Value>> {
    if (performance.now() < notBefore) return shed("told-to-wait");
    if (untilMs - performance.now() < WORTH_TRYING_MS) return shed("too-late");
    budget = Math.min(BUDGET.max, budget + BUDGET.perCall);
    const first = await tryOnce(attempt, untilMs);
    const pauseMs = PAUSE_MS.min + random() * (PAUSE_MS.max - PAUSE_MS.min);
    const isInTime = untilMs - performance.now() - pauseMs > WORTH_TRYING_MS;
    if (!first.isWorthRepeating || budget < 1 || !isInTime) return first.result;
    budget -= 1;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      return (await tryOnce(attempt, untilMs)).result;
    } catch (error) {
      // It opened in between: what the first try found out stands.
      if (error instanceof BrokenCircuitError) return first.result;
      throw error;
    }
  }

  return async (name, attempt) => {
    const startedAt = performance.now();
    const untilMs = startedAt + CALL_TIMEOUT_MS;
    const told = (outcome: string) =>
      observer.onCall({ name, outcome, seconds: (performance.now() - startedAt) / 1_000 });
    try {
      const result = await crowd.execute(() => inTime(attempt, untilMs));
      told(result.outcome);
      return result;
    } catch (error) {
      told("unavailable");
      if (error instanceof BrokenCircuitError) return shed("breaker");
      if (error instanceof BulkheadRejectedError) return shed("crowd");
      throw error;
    }
  };
}
