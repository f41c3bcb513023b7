import type { FastifyBaseLogger } from "fastify";
import type { HttpProblem } from "./problem.ts";

const SAID_EVERY_MS = 1_000;
const KINDS_MAX = 100;

/** Says that a request failed, and why. */
export type FailureLog = (
  log: FastifyBaseLogger,
  failure: { readonly error: unknown; readonly problem: HttpProblem },
) => void;

/**
 * Makes the log of failures. A bug is said each time. An outage (503) fails every request while it lasts, and is said
 * once a second for each kind of it, with how many were not said: writing lines must not keep a process, of which more is
 * asked than it can do, from doing it. That the request was refused stands in its own line and in the metrics as ever.
 */
export function makeFailureLog(nowMs: () => number = () => performance.now()): FailureLog {
  const kinds = new Map<string, { saidAtMs: number; unsaid: number }>();

  return (log, { error, problem }) => {
    const { code } = problem;
    if (problem.kind.status !== 503) return log.error({ err: error, code }, "request failed");
    const name = `${code} ${error instanceof Error ? error.name : ""}`;
    const kind = kinds.get(name) ?? { saidAtMs: Number.NEGATIVE_INFINITY, unsaid: 0 };
    if (kinds.size < KINDS_MAX) kinds.set(name, kind);
    if (nowMs() - kind.saidAtMs < SAID_EVERY_MS) {
      kind.unsaid += 1;
      return;
    }
    log.error({ err: error, code, unsaid: kind.unsaid }, "request failed");
    kind.saidAtMs = nowMs();
    kind.unsaid = 0;
  };
}
