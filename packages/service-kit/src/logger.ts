import { type DestinationStream, type Logger, pino } from "pino";
import { REDACTED_PATHS, scrub } from "./redaction.ts";

export type Log = Logger;

/** Levels a service may be told to log at. */
export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The logger of a service: one JSON object a line, UTC, with the service's name, and with personal data, tokens and QR
 * payloads taken out twice: by field, then by pattern.
 */
export function createLogger(options: {
  readonly service: string;
  readonly level?: LogLevel;
  readonly destination?: DestinationStream;
}): Log {
  const settings = {
    level: options.level ?? "info",
    base: { service: options.service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED_PATHS, censor: "[redacted]" },
    hooks: { streamWrite: scrub },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
