import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Registry } from "prom-client";
import { type Answered, makeRequestDurations } from "./request-durations.ts";

/** The metrics of a service. */
export type Metrics = {
  /** For a service's own gauges. */
  readonly registry: Registry;
  readonly noteRequest: (answered: Answered) => void;
};

/**
 * `GET /metrics` for Prometheus: process figures and the duration of requests by route pattern (never by raw path: ids
 * would make a series each).
 */
export function useMetrics(app: FastifyInstance): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const noteRequest = makeRequestDurations(registry);
  app.get("/metrics", { config: { access: "tokenless" }, schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return { registry, noteRequest };
}
