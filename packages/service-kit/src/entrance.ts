import type { FastifyInstance } from "fastify";
import { useAuthentication } from "./authentication.ts";
import { useExactPaths } from "./exact-paths.ts";
import { houseProblem } from "./house-problems.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { isForeignBody } from "./strict-bodies.ts";
import type { TokenVerifier } from "./token-verifier.ts";
import { makeAmbiguityCheck } from "./unambiguous-requests.ts";

/**
 * All that is done to a request before its route sees it, in this order: is it one request to everybody who reads it;
 * the headers that every answer carries (a refusal brings its own); is it the right method of its path; who calls and may
 * they; is the body one that is read here. One hook does it all: of six, each with little to do, the hooks would be most
 * of the cost.
 */
export function useEntrance(app: FastifyInstance, verifyToken: TokenVerifier | null): void {
  const isAmbiguous = makeAmbiguityCheck();
  const refusalOfMethod = useExactPaths(app);
  const refusalOfCaller = useAuthentication(app, verifyToken);

  app.addHook("onRequest", (request, reply, done) => {
    if (isAmbiguous(request)) return done(houseProblem("malformed-request", { headers: { connection: "close" } }));
    // Fastify makes this object at each look.
    const { url, config } = request.routeOptions;
    if (config.writesHeaders !== true) reply.headers(SECURITY_HEADERS).header("x-request-id", request.id);
    const wrongMethod = refusalOfMethod(request, url);
    if (wrongMethod !== undefined) return done(wrongMethod);
    const refusal = refusalOfCaller(request, config);
    if (!(refusal instanceof Promise)) return done(refusal ?? refusalOfBody(request.headers));
    refusal.then((late) => done(late ?? refusalOfBody(request.headers)), done);
  });
}

function refusalOfBody(headers: Parameters<typeof isForeignBody>[0]) {
  return isForeignBody(headers) ? houseProblem("unsupported-media-type") : undefined;
}
