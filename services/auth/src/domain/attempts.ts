/** What has failed so far under one key: of an account, of a person at a device. */
export type Attempts = {
  /** Failures in a row. */
  readonly streak: number;
  readonly lastAt: Date;
  readonly hourCount: number;
  readonly hourBeganAt: Date;
};

/** How wrong attempts are slowed down. */
export type AttemptPolicy = {
  /** So many may fail at once. */
  readonly free: number;
  /** The wait after the next failure, in seconds; it doubles with each further one, up to the greatest. */
  readonly waitSeconds: number;
  readonly waitMaxSeconds: number;
  /** Without a failure for so long, the count begins anew. */
  readonly forgottenAfterSeconds: number;
  /** More are not looked at within an hour, at whatever pace they come. */
  readonly perHourMax: number;
};

/** Passwords and codes of one account: five in a quarter of an hour, then ever slower; never locked (reliability AU-30). */
export const SIGN_IN_ATTEMPTS: AttemptPolicy = {
  free: 5,
  waitSeconds: 5,
  waitMaxSeconds: 60,
  forgottenAfterSeconds: 900,
  perHourMax: 100,
};

/** PINs of one person at one device: there are only some ten thousand, so the pace falls to a dozen an hour. */
export const PIN_ATTEMPTS: AttemptPolicy = {
  free: 3,
  waitSeconds: 5,
  waitMaxSeconds: 300,
  forgottenAfterSeconds: 900,
  perHourMax: 20,
};

const HOUR_S = 3600;

/** Seconds until another attempt is looked at; 0 when it may be now. */
export function secondsToWait(attempts: Attempts | null, policy: AttemptPolicy, now: Date): number {
  if (attempts === null) return 0;
  const sinceLast = secondsSince(attempts.lastAt, now);
  const sinceHour = secondsSince(attempts.hourBeganAt, now);
  const over = sinceLast < policy.forgottenAfterSeconds ? attempts.streak - policy.free : -1;
  const pause = over < 0 ? 0 : Math.min(policy.waitSeconds * 2 ** Math.min(over, 20), policy.waitMaxSeconds);
  const rest = attempts.hourCount >= policy.perHourMax ? HOUR_S - sinceHour : 0;
  return Math.max(0, Math.ceil(pause - sinceLast), Math.ceil(rest));
}

/** What stands after one more failure. */
export function afterFailure(attempts: Attempts | null, policy: AttemptPolicy, now: Date): Attempts {
  const isForgotten = attempts === null || secondsSince(attempts.lastAt, now) >= policy.forgottenAfterSeconds;
  const isNewHour = attempts === null || secondsSince(attempts.hourBeganAt, now) >= HOUR_S;
  return {
    streak: isForgotten ? 1 : attempts.streak + 1,
    lastAt: now,
    hourCount: isNewHour ? 1 : attempts.hourCount + 1,
    hourBeganAt: isNewHour ? now : attempts.hourBeganAt,
  };
}

function secondsSince(at: Date, now: Date): number {
  return Math.max(0, (now.getTime() - at.getTime()) / 1000);
}
