import type { WhichValue } from "@comanda/primitives";
import { BulkheadRejectedError, bulkhead } from "cockatiel";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { type BreakerState, makeBreaker } from "./breaker.ts";
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
  readonly onBreaker: (state: BreakerState) => void;
  /** An answer that has not its documented shape: people look, since the provider may have changed. */
  readonly onStrangeAnswer: (name: string) => void;
  /** Another of our two tokens is taken than the last time. */
  readonly onToken: (which: WhichValue) => void;
  /**
   * What stands between us and it, which only a person can remove: every token of ours is refused, or nobody vouches for its
   * certificate. Told of with every call that knows; `null` when nothing does.
   */
  readonly onBarrier: (barrier: Barrier | null) => void;
};

/** Why the provider cannot be used until somebody does something. */
export type Barrier = "credentials" | "certificate";

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
export const WORTH_TRYING_MS = 500;
/** Second tries are a tenth of all calls at most, with a few saved up: retries must not multiply an outage. */
const BUDGET = { perCall: 0.1, max: 10 };
/** Nobody is told to go away for an hour; the sweeper asks in its own time anyway. */
const TOLD_MAX_S = 300;

/**
 * The limits on calls to the provider (reliability PA-17): 5 s for all of a call, waiting and repeating included; two
 * tries with full jitter, the second out of a budget; 20 at once; a breaker that opens when half of 20 calls in 10 s
 * find the provider ill and tries one after 5 s; `Retry-After` obeyed. What is not made is `unavailable`: nothing
 * happened, and the sweeper asks again with the same key.
 */
export function makeProviderLimits(observer: ProviderObserver, random: () => number = Math.random): ProviderLimits {
  const crowd = bulkhead(AT_ONCE, WAITING_MAX);
  const breaker = makeBreaker(observer.onBreaker);
  let budget = BUDGET.max;
  let notBefore = 0;
  let toldBecause = "";

  function shed(why: Parameters<ProviderObserver["onShed"]>[0], because = ""): ProviderResult<never> {
    observer.onShed(why);
    return { outcome: "unavailable", reason: `not asked: ${why}${because === "" ? "" : `, since ${because}`}` };
  }

  /** `null` when the breaker is open. */
  async function tryOnce<Value>(attempt: () => Promise<Try<Value>>, untilMs: number): Promise<Try<Value> | null> {
    const tried = await breaker.run(
      () => withinDeadline(untilMs, attempt),
      ({ isIll }) => isIll,
    );
    const retryAfterSeconds = tried?.retryAfterSeconds ?? null;
    if (tried !== null && retryAfterSeconds !== null) {
      notBefore = performance.now() + Math.min(TOLD_MAX_S, retryAfterSeconds) * 1_000;
      toldBecause = "reason" in tried.result ? tried.result.reason : "";
    }
    return tried;
  }

  async function inTime<Value>(attempt: () => Promise<Try<Value>>, untilMs: number): Promise<ProviderResult<Value>> {
    if (performance.now() < notBefore) return shed("told-to-wait", toldBecause);
    if (untilMs - performance.now() < WORTH_TRYING_MS) return shed("too-late");
    const first = await tryOnce(attempt, untilMs);
    if (first === null) return shed("breaker");
    budget = Math.min(BUDGET.max, budget + BUDGET.perCall);
    const pauseMs = PAUSE_MS.min + random() * (PAUSE_MS.max - PAUSE_MS.min);
    const isInTime = untilMs - performance.now() - pauseMs > WORTH_TRYING_MS;
    if (!first.isWorthRepeating || budget < 1 || !isInTime) return first.result;
    budget -= 1;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const second = await tryOnce(attempt, untilMs);
    // Should the breaker have opened in between, what the first try found out stands; and a second one that surely did
    // not arrive says nothing of a first that may have.
    const isFirstOpen = first.result.outcome === "unknown" && second?.result.outcome === "unavailable";
    return second === null || isFirstOpen ? first.result : second.result;
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
      if (error instanceof BulkheadRejectedError) return shed("crowd");
      throw error;
    }
  };
}
