import { randomUUID } from "node:crypto";
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

// Unique, and no secret: what tells this process from all others, and a count.
const PROCESS = crypto.randomUUID().slice(0, 24);
let requests = 0;

/** A name for a request, in the form of a UUID. Made for each of them, it must cost next to nothing. */
export function newRequestId(): string {
  requests += 1;
  return PROCESS + requests.toString(16).padStart(12, "0");
}

/** Takes over the caller's `x-request-id` when it is harmless, else `fallback()`. */
export function requestIdFrom(header: string | string[] | undefined, fallback: () => string): string {
  const isHarmless = typeof header === "string" && REQUEST_ID.test(header) && scrub(header) === header;
  return isHarmless ? header : fallback();
}

/** Accepts or begins a trace (W3C Trace Context). */
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
}

function traceparentFrom(request: FastifyRequest): string {
  const header = request.headers["traceparent"];
  // The provider's notifications carry a foreign trace that must not become ours; such routes are tokenless.
  if (typeof header === "string" && TRACEPARENT.test(header)) return header;
  return newTraceparent();
}

/** A fresh, sampled trace context. Node keeps random UUIDs in store; random bytes it fetches anew each time. */
export function newTraceparent(): string {
  const hex = () => randomUUID().replaceAll("-", "");
  // The first eight bytes of a UUID hold its version, the last eight its variant: neither can be all zero, as the form asks.
  return `00-${hex()}-${hex().slice(16)}-01`;
}
