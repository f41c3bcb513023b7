import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from "fastify";
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

/** Why a caller is not let in, if they are not; at once where the token is remembered. */
type Refusal = HttpProblem | undefined;

/**
 * Closed by default: every route declares its `config.access`, and this checks it before anything of the request is
 * read. No rule ever looks at the address (style H2).
 * @returns the refusal of a request that met a route with this config, if there is one
 */
export function useAuthentication(
  app: FastifyInstance,
  verify: TokenVerifier | null,
): (request: FastifyRequest, config: FastifyContextConfig) => Refusal | Promise<Refusal> {
  app.decorateRequest("caller", null);

  app.addHook("onRoute", (route) => {
    const access = route.config?.access;
    if (access === undefined)
      throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`);
    if (access !== "public" && access !== "tokenless" && verify === null) {
      throw new Error(`route ${route.url} wants a token but this service has no verifier`);
    }
  });

  return (request, config) => {
    const { access } = config;
    if (access === undefined || access === "tokenless" || verify === null) return undefined;
    const header = request.headers.authorization;
    if (header === undefined) {
      // RFC 6750 §3.1: without any credentials the challenge carries no error code.
      return access === "public" ? undefined : challenge("Bearer");
    }
    const token = tokenOf(header);
    const caller = token === undefined ? null : verify(token);
    if (!(caller instanceof Promise)) return admit(request, caller, config);
    return caller.then((verified) => admit(request, verified, config));
  };
}

/** The token of an `Authorization: Bearer`, whatever its form; that is the verifier's business. */
function tokenOf(header: string): string | undefined {
  // As nearly everybody writes it; the expression costs more than all the rest of the check.
  if (header.startsWith("Bearer ey")) return header.slice("Bearer ".length);
  return /^Bearer +([^ ]+)$/i.exec(header)?.[1];
}

/** Notes who is calling; gives back the refusal when this route is not for them. */
function admit(request: FastifyRequest, caller: Caller | null, config: FastifyContextConfig): Refusal {
  const { access = [], allowsEnrolment } = config;
  if (caller === null) return challenge('Bearer error="invalid_token"');
  if (caller.acr === ENROLMENT_ACR && allowsEnrolment !== true) return secondFactorNeeded();
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
