import { houseProblem } from "@comanda/service-kit";
import type { FastifyReply, FastifyRequest } from "fastify";
import { addressBlock } from "./address-block.ts";
import type { Claim, RateLimiter, Standing } from "./rate-limiter.ts";

/** A `preHandler` of a route. */
export type LimitHook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Limits a route: as its `preHandler`, after the input was checked. Every answer says how things stand
 * (`RateLimit-Policy`, `RateLimit`: draft-ietf-httpapi-ratelimit-headers-10); over the limit it is 429
 * `quota-exceeded` with a `Retry-After` behind which the next request passes.
 * @param claimsOf what a request counts for
 */
export function limitRate<Name extends string>(
  limiter: RateLimiter<Name>,
  claimsOf: (request: FastifyRequest) => readonly Claim<Name>[],
): LimitHook {
  return async (request, reply) => {
    const standings = await limiter.take(claimsOf(request));
    if (standings.length === 0) return;
    reply.headers(headersOf(standings));
    const exceeded = standings.filter(({ isExceeded }) => isExceeded);
    if (exceeded.length === 0) return;
    request.log.warn({ limits: exceeded.map(({ limit }) => limit) }, "over a rate limit");
    const seconds = Math.max(...exceeded.map(({ resetSeconds }) => resetSeconds));
    throw houseProblem("quota-exceeded", {
      params: { seconds },
      headers: { "retry-after": String(seconds) },
      extensions: { "violated-policies": exceeded.map(({ limit }) => limit) },
    });
  };
}

function headersOf(standings: readonly Standing[]): Record<string, string> {
  const policies = standings.map(({ limit, quota }) => `"${limit}";q=${quota.requests};w=${quota.windowSeconds}`);
  const states = standings.map(({ limit, remaining, resetSeconds }) => `"${limit}";r=${remaining};t=${resetSeconds}`);
  return { "ratelimit-policy": policies.join(", "), ratelimit: states.join(", ") };
}

/**
 * Whom a request counts for: the paired device, which stands behind one address with all others of the shop, else the
 * address that the trusted proxy gives, an IPv6 one by its /64 (reliability AU-31).
 */
export function senderOf(request: FastifyRequest): { readonly isDevice: boolean; readonly of: string } {
  const { caller } = request;
  return caller?.role === "device"
    ? { isDevice: true, of: `device:${caller.id}` }
    : { isDevice: false, of: addressBlock(request.ip) };
}
