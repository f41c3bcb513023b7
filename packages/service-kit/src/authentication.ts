import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Access, type Caller, isGranted } from "./caller.ts";
import { houseProblem } from "./house-problems.ts";
import type { TokenVerifier } from "./token-verifier.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call this route. Every route says so; a route that does not stops the start. */
    access?: Access;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/**
 * Closed by default: every route declares its `config.access`, and this checks it before anything of the request is
 * read. No rule ever looks at the address (style H2).
 */
export function useAuthentication(app: FastifyInstance, verify: TokenVerifier | null): void {
  app.decorateRequest("caller", null);

  app.addHook("onRoute", (route) => {
    const access = route.config?.access;
    if (access === undefined)
      throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`);
    if (access !== "public" && access !== "tokenless" && verify === null) {
      throw new Error(`route ${route.url} wants a token but this service has no verifier`);
    }
  });

  app.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === "tokenless" || verify === null) return;
    const header = request.headers.authorization;
    if (header === undefined) {
      // RFC 6750 §3.1: without any credentials the challenge carries no error code.
      if (access !== "public") throw challenge("Bearer");
      return;
    }
    request.caller = await authenticate(header, verify);
    if (access !== "public" && !isGranted(request.caller, access)) {
      throw houseProblem("forbidden", { headers: { "www-authenticate": 'Bearer error="insufficient_scope"' } });
    }
  });
}

async function authenticate(header: string, verify: TokenVerifier): Promise<Caller> {
  const match = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header);
  const caller = match?.[1] === undefined ? null : await verify(match[1]);
  if (caller === null) throw challenge('Bearer error="invalid_token"');
  return caller;
}

function challenge(value: string) {
  return houseProblem("unauthenticated", { headers: { "www-authenticate": value } });
}

/**
 * The caller of a route whose access list made sure there is one.
 * @throws TypeError on a public or tokenless route without a token: a bug of the route
 */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new TypeError("this route has no caller; check its access");
  return request.caller;
}
