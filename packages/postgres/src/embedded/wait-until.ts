import { setTimeout as delay } from "node:timers/promises";

const pollMs = 20;

/** Polls `condition` until it holds; false when `timeoutMs` passed first. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}
