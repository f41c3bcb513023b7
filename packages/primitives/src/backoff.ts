/**
 * How long to wait before try number `attempt` (1 = first retry), in ms: exponential, capped, with full jitter, so that
 * many waiting callers do not come back together (AWS Builders' Library, "Timeouts, retries and backoff with jitter").
 */
export function backoffMs(options: {
  readonly attempt: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly random?: () => number;
}): number {
  const { attempt, baseMs, maxMs, random = Math.random } = options;
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  // Never below a tenth of the ceiling: a zero wait would be no wait at all.
  return Math.round(ceiling * (0.1 + 0.9 * random()));
}
