import type { IncomingHttpHeaders } from "node:http";
import { type App, houseProblem } from "@comanda/service-kit";
import httpProxy from "@fastify/http-proxy";
import type { FastifyPluginAsync } from "fastify";

const connectTimeoutMs = 2_000;
// Longer than any service takes to answer; a live stream answers at once and then has no limit.
const firstByteTimeoutMs = 30_000;

/**
 * Hands everything below `from` to `to` at `url`, bodies and answers streamed. Request id and trace travel along; an
 * upstream that is away is a 503.
 */
export async function forwardTo(app: App, route: { from: string; to: string; url: string }): Promise<void> {
  await app.register(proxyFor(route));
}

function proxyFor(route: { from: string; to: string; url: string }): FastifyPluginAsync {
  const streams = new Set<LiveReply>();
  return async (scope) => {
    // Live streams never end by themselves, and a server that waits for them would never stop.
    scope.addHook("preClose", async () => {
      for (const { raw } of streams) raw.end();
    });
    // Bodies pass unread; the library brings its own way of leaving them alone.
    scope.removeContentTypeParser("application/json");
    await scope.register(httpProxy, {
      upstream: route.url,
      prefix: route.from,
      rewritePrefix: route.to,
      config: { access: "tokenless" },
      disableRequestLogging: true,
      destroyAgent: true,
      // Each open stream holds a connection; with a bound, viewers would lock out everybody else.
      undici: {
        connections: null,
        pipelining: 1,
        headersTimeout: firstByteTimeoutMs,
        bodyTimeout: 0,
        connect: { timeout: connectTimeoutMs },
      },
      replyOptions: {
        rewriteRequestHeaders: (request, headers) => forwardedHeaders(request, headers),
        // A client that asked for its connection to be closed must not be told that the upstream's stays open.
        rewriteHeaders: (headers) => without(ownConnection, headers),
        // The client decides about trying again; the library's own way repeats a 503 up to ten times.
        retryDelay: () => null,
        // Whatever the upstream's connection suffered, the client learns one thing: try again in a moment.
        onError: (reply, { error }) => {
          reply.send(houseProblem("unavailable", { headers: { "retry-after": "2" }, cause: error }));
        },
        onResponse: (_request, reply, response) => {
          keepWhileStreaming(streams, reply);
          // The library types this as a reply, and gives the upstream's answer.
          reply.send((response as unknown as { stream: NodeJS.ReadableStream }).stream);
        },
      },
    });
  };
}

/** What belongs to the client's own connection, and what the upstream client refuses to pass on. */
const hopByHop = ["keep-alive", "upgrade", "te", "trailer", "expect", "proxy-connection", "proxy-authorization"];

type Forwarded = { id: string; traceparent: string; ip: string; host: string; protocol: string };

function forwardedHeaders(request: Forwarded, headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return {
    ...without(hopByHop, headers),
    "x-request-id": request.id,
    traceparent: request.traceparent,
    // The one address we believe: what a client wrote there itself goes no further (reliability AU-31).
    "x-forwarded-for": request.ip,
    "x-forwarded-host": request.host,
    "x-forwarded-proto": request.protocol,
  };
}

/** What an answer says about the connection between gateway and upstream. */
const ownConnection = ["connection", "keep-alive"];

function without<Headers extends object>(names: readonly string[], headers: Headers): Headers {
  // Leaving members out of a record of optional members gives such a record again.
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as Headers;
}

type LiveReply = {
  getHeader(name: string): unknown;
  readonly raw: { end(): unknown; once(event: "close", listener: () => void): unknown };
};

function keepWhileStreaming(streams: Set<LiveReply>, reply: LiveReply): void {
  if (!String(reply.getHeader("content-type")).startsWith("text/event-stream")) return;
  streams.add(reply);
  reply.raw.once("close", () => streams.delete(reply));
}
