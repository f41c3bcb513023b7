import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import { type Answered, makeRequestDurations } from "./request-durations.ts";

/** The metrics of a service. */
export type Metrics = {
  /** For a service's own gauges. */
  readonly registry: Registry;
  readonly noteRequest: (answered: Answered) => void;
};

/** The methods that are told by name; of others a stranger may know thirty (OpenTelemetry: `_OTHER`). */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * `GET /metrics` for Prometheus: process figures, the duration of requests, and what was refused. A histogram is
 * seventeen series for every combination of its labels, kept for ever, and strangers choose what they send (reliability
 * OP-54): so it is by route pattern, never by raw path, and by the class of the status; the status itself stands beside
 * it, for refusals.
 */
export function useMetrics(app: FastifyInstance): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const noteDuration = makeRequestDurations(registry);
  const refused = new Counter({
    name: "http_server_refused_requests_total",
    help: "HTTP requests that were answered with 4xx or 5xx, by route and status",
    labelNames: ["method", "route", "status"],
    registers: [registry],
  });
  app.get("/metrics", { config: { access: "tokenless" }, schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return {
    registry,
    noteRequest: (answered) => {
      noteDuration(answered);
      const { method, route, status } = answered;
      if (status >= 400) refused.inc({ method, route, status });
    },
  };
}

/**
 * The name of a method in the figures. A path that is only handed on has every method, and none of its own.
 * @param ofRoute the methods of the request's route
 */
export function methodInFigures(method: string, ofRoute: string | readonly string[] | undefined): string {
  if (typeof ofRoute !== "string" && ofRoute !== undefined && ofRoute.length > 2) return "ANY";
  return METHODS.has(method) ? method : "_OTHER";
}
