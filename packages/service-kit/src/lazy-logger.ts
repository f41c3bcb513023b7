import type { FastifyBaseLogger } from "fastify";
import type { ChildLoggerOptions } from "pino";
import type { Log } from "./logger.ts";

/**
 * A logger whose children, one for each request, are made only when something is logged. Making pino's child means
 * writing and redacting the request's bindings, which cost more than the rest of a small request; and most requests log
 * nothing.
 */
export function lazyLogger(log: Log): FastifyBaseLogger {
  return new LazyChild(log, {}, NO_OPTIONS);
}

const NO_OPTIONS: ChildLoggerOptions = {};

type Level = "fatal" | "error" | "warn" | "info" | "debug" | "trace";

// A class, since its methods are made once and not for each request.
class LazyChild implements FastifyBaseLogger {
  readonly #parent: Log;
  readonly #bindings: Readonly<Record<string, unknown>>;
  readonly #options: ChildLoggerOptions;
  #child: Log | undefined;

  constructor(parent: Log, bindings: Readonly<Record<string, unknown>>, options: ChildLoggerOptions) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get level(): string {
    return this.#parent.level;
  }
  fatal(...record: unknown[]): void {
    this.#at("fatal", record);
  }
  error(...record: unknown[]): void {
    this.#at("error", record);
  }
  warn(...record: unknown[]): void {
    this.#at("warn", record);
  }
  info(...record: unknown[]): void {
    this.#at("info", record);
  }
  debug(...record: unknown[]): void {
    this.#at("debug", record);
  }
  trace(...record: unknown[]): void {
    this.#at("trace", record);
  }
  silent(): void {}
  /** As pino's: whose log this is, and what stands in each of its lines. */
  bindings(): Readonly<Record<string, unknown>> {
    return this.#real().bindings();
  }
  /** Takes no serializers: Fastify hands in its own, and ours, which leave out what is nobody's business, would go. */
  child(bindings: Readonly<Record<string, unknown>>, { level }: ChildLoggerOptions = {}): FastifyBaseLogger {
    return new LazyChild(this.#real(), bindings, level === undefined ? NO_OPTIONS : { level });
  }

  #at(level: Level, record: readonly unknown[]): void {
    if (!this.#parent.isLevelEnabled(level)) return;
    const child = this.#real();
    Reflect.apply(child[level], child, record);
  }

  #real(): Log {
    this.#child ??= this.#parent.child(this.#bindings, this.#options);
    return this.#child;
  }
}
