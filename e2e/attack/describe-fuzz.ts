import type { FuzzReport } from "./book.ts";

/** A run in words, the findings last, each with its request and the way to see it again. */
export function describeFuzz({
  requests,
  seconds,
  checked,
  statuses,
  neverReached,
  needlessExcuses,
  findings,
}: FuzzReport): string {
  const counts = (record: Readonly<Record<string, number>>) =>
    Object.entries(record)
      .map(([name, count]) => `${name} ${count}`)
      .join(" · ");
  return [
    `${requests} requests in ${seconds} s`,
    `answers: ${counts(statuses)}`,
    `checks: ${counts(checked)}`,
    `never answered 2xx: ${neverReached.join(", ") || "none"}`,
    `needless excuses: ${needlessExcuses.join(", ") || "none"}`,
    `${findings.length} findings`,
    ...findings.map(
      ({ check, operation, fault, request, replay, times }) =>
        `\n${check}: ${operation} (${times} times)\n  ${fault}\n    ${request}\n  again: ${replay}`,
    ),
  ].join("\n");
}
