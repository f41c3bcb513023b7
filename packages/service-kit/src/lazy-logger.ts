import type { FastifyBaseLogger } from "fastify";
import type { ChildLoggerOptions } from "pino";
import type { Log } from "./logger.ts";

/**
 * A request's logger that is made only when something is logged. Making pino's child means writing and redacting the
 * request's bindings, which cost more than the rest of a small request; and most requests log nothing.
 */
export function lazyChild(
  parent: Log,
  bindings: Readonly<Record<string, unknown>>,
  options: ChildLoggerOptions,
): FastifyBaseLogger {
  let child: Log | undefined;
  const real = () => {
    child ??= parent.child(bindings, options);
    return child;
  };
  type Level = "fatal" | "error" | "warn" | "info" | "debug" | "trace";
  const at =
    (level: Level) =>
    (...record: unknown[]) => {
      if (parent.isLevelEnabled(level)) Reflect.apply(real()[level], real(), record);
    };
  return {
    level: parent.level,
    fatal: at("fatal"),
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    trace: at("trace"),
    silent: () => undefined,
    child: (more, moreOptions) => real().child(more, moreOptions) as FastifyBaseLogger, // pino's own type is wider
  };
}
