import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { scrub } from "./redaction.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** W3C trace context of this request, to be handed to every call and event that it causes. */
    readonly traceparent: string;
  }
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
// It is logged and answered: a number without a letter may be a CPF, a telephone or a card.
const REQUEST_ID = /^(?=.*[A-Za-z])[\w.-]{8,128}$/;

/** Takes over the caller's `x-request-id` when it is harmless, else `fallback()`. */
export function requestIdFrom(header: string | string[] | undefined, fallback: () => string): string {
  const isHarmless = typeof header === "string" && REQUEST_ID.test(header) && scrub(header) === header;
  return isHarmless ? header : fallback();
}

/** Accepts or begins a trace (W3C Trace Context) and echoes the request id. */
export function useTracing(app: FastifyInstance): void {
  const known = new WeakMap<FastifyRequest, string>();
  app.decorateRequest("traceparent", {
    // Made when somebody asks: most requests cause no call and no event.
    getter() {
      const traceparent = known.get(this) ?? traceparentFrom(this);
      known.set(this, traceparent);
      return traceparent;
    },
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
}

function traceparentFrom(request: FastifyRequest): string {
  const header = request.headers["traceparent"];
  // The provider's notifications carry a foreign trace that must not become ours; such routes are tokenless.
  if (typeof header === "string" && TRACEPARENT.test(header)) return header;
  return newTraceparent();
}

/** A fresh, sampled trace context. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
}
