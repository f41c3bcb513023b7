/** Lets calls through one after the other, never more than so many in a second, and counts them. */
export type Pace = { readonly wait: () => Promise<void>; readonly count: () => number };

/** Makes a pace; calls that nobody made are not saved up for later. */
export function makePace(perSecond: number): Pace {
  const stepMs = 1_000 / perSecond;
  let nextAt = 0;
  let count = 0;
  return {
    wait: async () => {
      count += 1;
      const now = performance.now();
      const at = Math.max(now, nextAt);
      nextAt = at + stepMs;
      if (at > now) await new Promise((resolve) => setTimeout(resolve, at - now));
    },
    count: () => count,
  };
}
