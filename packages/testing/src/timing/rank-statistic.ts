/** How well two samples can be told apart by size: the area under the ROC curve, and where it may truly lie. */
export type Auc = {
  /** The chance that a value of `one` is larger than a value of `other`, ties counted half. 0.5 is not at all. */
  readonly value: number;
  readonly standardError: number;
};

/**
 * The AUC of Mann and Whitney, with the standard error of DeLong, DeLong and Clarke-Pearson (1988). Only the order of
 * the values counts: one garbage collection weighs as much as one slow request.
 */
export function aucOf(one: readonly number[], other: readonly number[]): Auc {
  const shareOfOther = sharesBelow(one, other);
  const shareOfOne = sharesBelow(other, one);
  const value = mean(shareOfOther);
  const variance = varianceOf(shareOfOther) / one.length + varianceOf(shareOfOne) / other.length;
  return { value, standardError: Math.sqrt(variance) };
}

/** For each of `values` the share of `others` that is smaller, ties counted half. */
function sharesBelow(values: readonly number[], others: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(others).sort();
  return values.map(
    (value) => (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2 / sorted.length,
  );
}

/** How many of `sorted` are smaller than `value`; with `orEqual` equal ones too. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] ?? Number.POSITIVE_INFINITY;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1);
}
