/** What has failed so far under one key: of an account, of a person at a device. */
export type Attempts = {
  /** Failures in a row. */
  readonly streak: number;
  readonly lastAt: Date;
  readonly windowCount: number;
  readonly windowBeganAt: Date;
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
  /** More are not looked at within the window, at whatever pace they come; it begins with the first. */
  readonly perWindowMax: number;
  readonly windowSeconds: number;
};

const HOUR_S = 3600;

/** Passwords and codes of one account: five in a quarter of an hour, then ever slower; never locked (reliability AU-30). */
export const SIGN_IN_ATTEMPTS: AttemptPolicy = {
  free: 5,
  waitSeconds: 5,
  waitMaxSeconds: 60,
  forgottenAfterSeconds: 900,
  perWindowMax: 100,
  windowSeconds: HOUR_S,
};

/** PINs of one person at one device: there are only some ten thousand, so the pace falls to a dozen an hour. */
export const PIN_ATTEMPTS: AttemptPolicy = {
  free: 3,
  waitSeconds: 5,
  waitMaxSeconds: 300,
  forgottenAfterSeconds: 900,
  perWindowMax: 20,
  windowSeconds: HOUR_S,
};

/**
 * Codes sent by e-mail, of one person: each code has tries of its own, and new codes can be had, so that without this
 * there would be no end of guesses. Twenty wrong ones in a day come through once in 50,000 days.
 */
export const CODE_ATTEMPTS: AttemptPolicy = {
  free: 20,
  waitSeconds: 0,
  waitMaxSeconds: 0,
  forgottenAfterSeconds: 24 * HOUR_S,
  perWindowMax: 20,
  windowSeconds: 24 * HOUR_S,
};

/** Seconds until another attempt is looked at; 0 when it may be now. */
export function secondsToWait(attempts: Attempts | null, policy: AttemptPolicy, now: Date): number {
  if (attempts === null) return 0;
  const sinceLast = secondsSince(attempts.lastAt, now);
  const sinceWindow = secondsSince(attempts.windowBeganAt, now);
  const over = sinceLast < policy.forgottenAfterSeconds ? attempts.streak - policy.free : -1;
  const pause = over < 0 ? 0 : Math.min(policy.waitSeconds * 2 ** Math.min(over, 20), policy.waitMaxSeconds);
  const rest = attempts.windowCount >= policy.perWindowMax ? policy.windowSeconds - sinceWindow : 0;
  return Math.max(0, Math.ceil(pause - sinceLast), Math.ceil(rest));
}

/** What stands after one more failure. */
export function afterFailure(attempts: Attempts | null, policy: AttemptPolicy, now: Date): Attempts {
  const isForgotten = attempts === null || secondsSince(attempts.lastAt, now) >= policy.forgottenAfterSeconds;
  const isNewWindow = attempts === null || secondsSince(attempts.windowBeganAt, now) >= policy.windowSeconds;
  return {
    streak: isForgotten ? 1 : attempts.streak + 1,
    lastAt: now,
    windowCount: isNewWindow ? 1 : attempts.windowCount + 1,
    windowBeganAt: isNewWindow ? now : attempts.windowBeganAt,
  };
}

function secondsSince(at: Date, now: Date): number {
  return Math.max(0, (now.getTime() - at.getTime()) / 1000);
}
