import type { FastifyInstance } from "fastify";
import { useAuthentication } from "./authentication.ts";
import { useExactPaths } from "./exact-paths.ts";
import { houseProblem } from "./house-problems.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { isForeignBody } from "./strict-bodies.ts";
import type { TokenVerifier } from "./token-verifier.ts";
import { makeAmbiguityCheck } from "./unambiguous-requests.ts";

/**
 * All that is done to a request before its route sees it, in this order: the headers that every answer carries, refused
 * or not; is it one request to everybody who reads it; is it the right method of its path; who calls and may they; is the
 * body one that is read here. One hook does it all: of six, each with little to do, the hooks would be most of the cost.
 */
export function useEntrance(app: FastifyInstance, verifyToken: TokenVerifier | null): void {
  const isAmbiguous = makeAmbiguityCheck();
  const refusalOfMethod = useExactPaths(app);
  const refusalOfCaller = useAuthentication(app, verifyToken);

  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header("x-request-id", request.id);
    if (isAmbiguous(request)) return done(houseProblem("malformed-request", { headers: { connection: "close" } }));
    // Fastify makes this object at each look.
    const { url, config } = request.routeOptions;
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
