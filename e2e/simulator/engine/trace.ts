/** What happened, step by step: a number that any difference changes, and on demand the lines themselves. */
export type Trace = {
  /** Notes a step; `detail` is only asked for when somebody reads the lines. */
  readonly note: (step: { readonly at: number; readonly what: string; readonly detail?: () => string }) => void;
  readonly steps: () => number;
  /** The same for two runs only if they took the same steps at the same moments. */
  readonly hash: () => string;
};

/** @param write gets each line as it happens; `null` when nobody reads */
export function makeTrace(startMs: number, write: ((line: string) => void) | null): Trace {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  let steps = 0;
  const mix = (value: number) => {
    high = Math.imul(high ^ value, 0x01000193);
    low = Math.imul(low ^ (value >>> 7) ^ (value << 9), 0x85ebca6b);
  };
  return {
    note: ({ at, what, detail }) => {
      steps += 1;
      mix(Math.round((at - startMs) * 1000) | 0);
      for (let index = 0; index < what.length; index += 1) mix(what.charCodeAt(index));
      if (write === null) return;
      const seconds = ((at - startMs) / 1000).toFixed(3).padStart(10);
      write(`${seconds}  ${what}${detail === undefined ? "" : `  ${detail()}`}`);
    },
    steps: () => steps,
    hash: () => `${(high >>> 0).toString(16).padStart(8, "0")}${(low >>> 0).toString(16).padStart(8, "0")}`,
  };
}
