import { createHmac } from "node:crypto";
import type { Log } from "@comanda/postgres";
import { type Counted, type Counter, createLocalCounter } from "./counter.ts";
import type { Quota, Quotas } from "./quotas.ts";

/** One limit that a request counts for, and for whom: an address, a device, a client. */
export type Claim<Name extends string> = { readonly limit: Name; readonly of: string | Buffer };

/** Where a claim stands after it was counted. */
export type Standing = {
  readonly limit: string;
  readonly quota: Quota;
  /** Requests left in this window; 0 when there is none. */
  readonly remaining: number;
  /** Whole seconds until the window begins anew, rounded up. */
  readonly resetSeconds: number;
  readonly isExceeded: boolean;
};

/** Counts requests against the quotas of a service. */
export type RateLimiter<Name extends string> = {
  /** Counts one request for each of `claims`; empty when nothing is limited. */
  readonly take: (claims: readonly Claim<Name>[]) => Promise<readonly Standing[]>;
};

/** What a limit may cost a request at most, in ms; after that this process counts alone. */
const PATIENCE_MS = 500;
const SHUT_MAX = 10_000;

/**
 * Makes the limiter of a service. Whoever is over a limit is remembered until the window's end and costs the shared
 * counter nothing more. With the shared counter away or slow each process counts for itself: the limits grow with the
 * number of processes, but nobody is locked out and no flood goes uncounted.
 *
 * What is counted is an address or a person, of which the table must not tell: there are few enough IPv4 addresses to try
 * a mere hash of each.
 * @param options.secret the same in all processes and not in the database; with another one counting begins anew
 */
export function createRateLimiter<Name extends string>(options: {
  readonly quotas: Quotas<Name>;
  readonly counter: Counter;
  readonly secret: string | Buffer;
  readonly log: Pick<Log, "warn">;
}): RateLimiter<Name> {
  const { quotas, counter, secret, log } = options;
  const local = createLocalCounter();
  const shut = new Map<string, number>();
  let isAway = false;

  async function count(key: Buffer, seconds: number): Promise<Counted> {
    try {
      const counted = await within(PATIENCE_MS, counter.count(key, seconds));
      isAway = false;
      return counted;
    } catch (error) {
      // Once for each outage, not for every request of it.
      if (!isAway) log.warn({ err: error }, "rate limits are counted by this process alone");
      isAway = true;
      return local.count(key, seconds);
    }
  }

  async function takeOne({ limit, of }: Claim<Name>, quota: Quota): Promise<Standing> {
    const key = createHmac("sha256", secret).update(limit).update("\0").update(of).digest().subarray(0, 16);
    const name = key.toString("latin1");
    const leftMs = (shut.get(name) ?? 0) - performance.now();
    if (leftMs > 0) return standingOf({ limit, quota, used: quota.requests + 1, secondsLeft: leftMs / 1000 });
    shut.delete(name);
    const counted = await count(key, quota.windowSeconds);
    if (counted.used > quota.requests) {
      const oldest = shut.keys().next();
      if (shut.size >= SHUT_MAX && oldest.done !== true) shut.delete(oldest.value);
      shut.set(name, performance.now() + counted.secondsLeft * 1000);
    }
    return standingOf({ limit, quota, ...counted });
  }

  return {
    take: async (claims) =>
      quotas === null ? [] : Promise.all(claims.map((claim) => takeOne(claim, quotas[claim.limit]))),
  };
}

function standingOf(seen: Counted & { readonly limit: string; readonly quota: Quota }): Standing {
  const { limit, quota, used, secondsLeft } = seen;
  return {
    limit,
    quota,
    remaining: Math.max(0, quota.requests - used),
    resetSeconds: Math.max(1, Math.ceil(secondsLeft)),
    isExceeded: used > quota.requests,
  };
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not counted within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
