import type { FastifyInstance, FastifyRequest } from "fastify";
import { houseProblem } from "./house-problems.ts";
import type { HttpProblem } from "./problem.ts";

/**
 * A path that is written out belongs to itself alone, whatever the method: without this, `GET /customers/register`
 * would be a look for a person called "register", and not the wrong method of a known path (reliability OP-11).
 * @returns the refusal of a request that met the route of this pattern, if there is one
 */
export function useExactPaths(
  app: FastifyInstance,
): (request: FastifyRequest, url: string | undefined) => HttpProblem | undefined {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    if (/[:*]/.test(url)) return;
    const methods = methodsOf.get(bare(url)) ?? new Set();
    for (const each of [method].flat()) methods.add(each);
    methodsOf.set(bare(url), methods);
  });
  return (request, url) => {
    if (url === undefined || !url.includes(":")) return undefined;
    const methods = methodsOf.get(bare(request.url.split("?", 1)[0] ?? ""));
    if (methods === undefined) return undefined;
    const allow = [...methods].sort().join(", ");
    return houseProblem("method-not-allowed", { params: { allow }, headers: { allow } });
  };
}

function bare(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
