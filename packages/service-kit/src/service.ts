import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type FastifyBaseLogger, fastify, LogController } from "fastify";
import type { Registry } from "prom-client";
import { answerUnreadable, answerUnroutable } from "./broken-requests.ts";
import { endConnectionsWhenClosing } from "./closing.ts";
import { useDocs } from "./docs.ts";
import { useEntrance } from "./entrance.ts";
import { useProblems } from "./errors.ts";
import { type ReadinessCheck, useHealth } from "./health.ts";
import { lazyLogger } from "./lazy-logger.ts";
import type { Log } from "./logger.ts";
import { type Metrics, methodInFigures, useMetrics } from "./metrics.ts";
import { useStrictBodies } from "./strict-bodies.ts";
import type { TokenVerifier } from "./token-verifier.ts";
import { newRequestId, requestIdFrom, useTracing } from "./tracing.ts";
import { pathOfTarget } from "./unambiguous-requests.ts";
import { useStrictValidation } from "./validation.ts";

/** A Fastify of the house: routes typed by their TypeBox schemas. */
export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

/** A service as it stands before it listens. */
export type Service = {
  readonly app: App;
  /** Makes `GET /ready` answer 503, the first step of closing. */
  readonly leave: () => void;
  readonly metrics: Registry;
};

/** What a service says about itself. */
export type ServiceOptions = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly log: Log;
  /** `null` only where no route asks for a token (the gateway). */
  readonly verifyToken: TokenVerifier | null;
  readonly readiness: readonly ReadinessCheck[];
  /**
   * Says whether an error is an outage of a dependency (database away): answered 503 with Retry-After, not 500. The
   * seconds are the error's own `retryAfterSeconds`, if it has them.
   */
  readonly isOutage?: (error: unknown) => boolean;
  readonly bodyLimitBytes?: number;
  /** Whose word about the client's address counts; without it, only that of the connection. */
  readonly trustedProxies?: TrustedProxies;
  /** Rewrites an address before routing, e.g. for aliases. */
  readonly rewriteUrl?: (url: string) => string;
};

/**
 * Proxies in front: how many of them there are, or their networks (`10.0.0.0/8`, `loopback`, `uniquelocal`). What stands
 * further left in `X-Forwarded-For` was written by the client, and counts for nothing (reliability AU-31, S-11).
 */
export type TrustedProxies = number | readonly string[];

/** The form of `TRUSTED_PROXIES`, for a settings schema: networks with spaces between, or nothing. */
export const PROXY_NETWORKS_PATTERN = "^(none|[\\w.:/-]+( +[\\w.:/-]+)*)$";

/** Reads `TRUSTED_PROXIES`; `none` is nobody. */
export function readProxyNetworks(text: string): readonly string[] {
  return text === "none" ? [] : text.split(/ +/);
}

/** A thousand live streams, and as many who come and go (reliability OP-12, and the streams of the performance goals). */
const CONNECTIONS_MAX = 2_000;
const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * Builds a service of the house without opening a port: strict input, problems in two languages, access declared by
 * every route, request ids and traces, metrics, health, documents. Routes are added to `app` afterwards; a test starts
 * the same thing with `app.inject` or `listen({ port: 0 })`.
 */
export async function buildService(options: ServiceOptions): Promise<Service> {
  const { rewriteUrl = (url: string) => url } = options;
  const app: App = fastify({
    loggerInstance: lazyLogger(options.log),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    genReqId: (request) => requestIdFrom(request.headers["x-request-id"], newRequestId),
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    trustProxy: trustOf(options.trustedProxies),
    // headersTimeout must be the smaller one, or a slow body is never cut off (trap T10).
    requestTimeout: 10_000,
    // Node looks for late requests every 30 s unless told otherwise.
    // A missing Host is answered by us: Node's own answer has none of our headers.
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 100 },
    rewriteUrl: (request: IncomingMessage) => rewriteUrl(pathOfTarget(request.url ?? "/")),
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.server.maxConnections = CONNECTIONS_MAX;
  useStrictValidation(app);
  useProblems(app, options.isOutage ?? (() => false));
  await useDocs(app, options);
  useTracing(app);
  useEntrance(app, options.verifyToken);
  useStrictBodies(app);
  const metrics = useMetrics(app);
  useRecord(app, metrics);
  const { leave } = useHealth(app, options.readiness);
  endConnectionsWhenClosing(app);
  return { app, leave, metrics: metrics.registry };
}

function trustOf(proxies: TrustedProxies = 0): false | string[] | ((address: string, hop: number) => boolean) {
  if (typeof proxies !== "number") return proxies.length === 0 ? false : [...proxies];
  return proxies === 0 ? false : (_address, hop) => hop < proxies;
}

/**
 * Every request in the metrics, and one line for each that failed, moved something or took long; routine reads are left
 * to the metrics.
 */
function useRecord(app: App, { noteRequest }: Metrics): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { method } = request;
    const { url: route = "unknown", method: ofRoute } = request.routeOptions;
    const { statusCode: status, elapsedTime: ms } = reply;
    noteRequest({ method: methodInFigures(method, ofRoute), route, status, ms });
    const isRoutine = method === "GET" && status < 400 && ms < 1_000;
    if (!isRoutine) logRequest(request, { method, route, status, ms: Math.round(ms) });
    done();
  });
}

function logRequest(request: FastifyRequest, what: Readonly<Record<string, string | number>>): void {
  request.log.info(
    {
      trace_id: request.traceparent.split("-")[1],
      ...what,
      actor: request.caller?.id,
      role: request.caller?.role,
    },
    "request",
  );
}
