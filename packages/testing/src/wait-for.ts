import { setTimeout as delay } from "node:timers/promises";

/** How long to wait, and what to call the thing waited for when it does not come. */
export interface WaitOptions {
  /** Milliseconds; default 5 000. */
  readonly timeoutMs?: number;
  readonly description?: string;
}

const pollMs = 20;

/**
 * Polls `condition` until it gives something truthy, and returns that. A condition that throws counts as "not yet".
 *
 * @throws Error when the time is over; its cause is what the condition threw last
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 5_000, description = "the condition" }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await condition();
      // Zero and the empty text are "not yet", too; a condition that means them should compare.
      if (value) return value;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${description}`, { cause: failure });
    }
    await delay(pollMs);
  }
}
