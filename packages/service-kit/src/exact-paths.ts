import type { FastifyInstance } from "fastify";
import { houseProblem } from "./house-problems.ts";

/**
 * A path that is written out belongs to itself alone, whatever the method: without this, `GET /customers/register`
 * would be a look for a person called "register", and not the wrong method of a known path (reliability OP-11).
 */
export function useExactPaths(app: FastifyInstance): void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    if (/[:*]/.test(url)) return;
    const methods = methodsOf.get(bare(url)) ?? new Set();
    for (const each of [method].flat()) methods.add(each);
    methodsOf.set(bare(url), methods);
  });
  app.addHook("onRequest", (request, _reply, done) => {
    if (!request.routeOptions.url?.includes(":")) return done();
    const methods = methodsOf.get(bare(request.url.split("?", 1)[0] ?? ""));
    if (methods === undefined) return done();
    const allow = [...methods].sort().join(", ");
    done(houseProblem("method-not-allowed", { params: { allow }, headers: { allow } }));
  });
}

function bare(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
