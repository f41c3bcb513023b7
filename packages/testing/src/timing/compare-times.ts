import { type Auc, aucOf } from "./rank-statistic.ts";

/** One request whose time is taken. */
export type Ask = () => Promise<unknown>;

/** What two kinds of requests came to. */
export type Comparison = {
  readonly isAlike: boolean;
  readonly auc: number;
  /** How many times each was asked. */
  readonly samples: number;
  /** For a failing test to show. */
  readonly words: string;
};

/** What may be told apart and is no leak worth a word: reliability AU-32. */
const BOUNDS = { low: 0.45, high: 0.55 } as const;
const SAMPLES_MIN = 500;
const SAMPLES_MAX = 2_000;
const STEP = 250;
const WARM_UP = 25;
/** 95 in 100 that the truth lies within. */
const Z_ALIKE = 1.96;
/** 999 in 1000: there are several looks, and nobody is accused by chance. */
const Z_APART = 3.29;

/**
 * Asks both in pairs, in an order thrown anew for each pair, so that load, garbage collection and caches fall on both
 * alike, until it is clear whether their times can be told apart: for "alike" at least 500 samples of each, more while the
 * interval is wide, 2,000 at most; then the estimate alone decides, which by then is right to within two hundredths. A
 * busy machine makes this longer, and no verdict another.
 */
export async function compareTimes(asks: readonly [Ask, Ask]): Promise<Comparison> {
  for (let count = 0; count < WARM_UP; count += 1) for (const ask of asks) await ask();
  const times: readonly [number[], number[]] = [[], []];
  for (let samples = STEP; ; samples += STEP) {
    await takePairs(asks, times);
    const auc = aucOf(...times);
    const isAlike = verdictOf(auc, samples);
    if (isAlike !== null) return { isAlike, auc: auc.value, samples, words: inWords(auc, samples) };
  }
}

async function takePairs(asks: readonly [Ask, Ask], times: readonly [number[], number[]]): Promise<void> {
  for (let pair = 0; pair < STEP; pair += 1) {
    const first = Math.random() < 0.5 ? 0 : 1;
    for (const which of first === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const began = performance.now();
      await asks[which]();
      times[which].push(performance.now() - began);
    }
  }
}

/** `null` while it is not clear. What is plainly apart needs no more samples. */
function verdictOf({ value, standardError }: Auc, samples: number): boolean | null {
  const lies = (z: number) => ({ low: value - z * standardError, high: value + z * standardError });
  const far = lies(Z_APART);
  if (far.low > BOUNDS.high || far.high < BOUNDS.low) return false;
  if (samples < SAMPLES_MIN) return null;
  const near = lies(Z_ALIKE);
  if (near.low >= BOUNDS.low && near.high <= BOUNDS.high) return true;
  return samples >= SAMPLES_MAX ? value >= BOUNDS.low && value <= BOUNDS.high : null;
}

function inWords({ value, standardError }: Auc, samples: number): string {
  return `AUC ${value.toFixed(3)} ± ${(Z_ALIKE * standardError).toFixed(3)} over 2 × ${samples} samples`;
}
