import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Access, type Caller, ENROLMENT_ACR, isGranted } from "./caller.ts";
import { houseProblem } from "./house-problems.ts";
import type { HttpProblem } from "./problem.ts";
import type { TokenVerifier } from "./token-verifier.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call this route. Every route says so; a route that does not stops the start. */
    access?: Access;
    /** Staff who have yet to set up their second factor may call it too; nowhere else does their token count. */
    allowsEnrolment?: true;
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

  app.addHook("onRequest", (request, _reply, done) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === "tokenless" || verify === null) return done();
    const header = request.headers.authorization;
    if (header === undefined) {
      // RFC 6750 §3.1: without any credentials the challenge carries no error code.
      return done(access === "public" ? undefined : challenge("Bearer"));
    }
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1];
    const caller = token === undefined ? null : verify(token);
    if (!(caller instanceof Promise)) return done(admit(request, caller, access));
    caller.then((verified) => done(admit(request, verified, access)), done);
  });
}

/** Notes who is calling; gives back the refusal when this route is not for them. */
function admit(request: FastifyRequest, caller: Caller | null, access: Access): HttpProblem | undefined {
  if (caller === null) return challenge('Bearer error="invalid_token"');
  if (caller.acr === ENROLMENT_ACR && request.routeOptions.config.allowsEnrolment !== true) return secondFactorNeeded();
  request.caller = caller;
  if (access === "public" || access === "tokenless" || isGranted(caller, access)) return undefined;
  return houseProblem("forbidden", { headers: { "www-authenticate": 'Bearer error="insufficient_scope"' } });
}

/** RFC 9470 §3: who they are is known, how they proved it is not enough. */
function secondFactorNeeded(): HttpProblem {
  const challenge = 'Bearer error="insufficient_user_authentication", acr_values="mfa"';
  return houseProblem("second-factor-needed", { headers: { "www-authenticate": challenge } });
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
