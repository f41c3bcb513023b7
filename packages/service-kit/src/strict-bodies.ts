import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import { houseProblem } from "./house-problems.ts";
import { parseStrictJson } from "./strict-json.ts";

const FOREIGN_CHARSET = /;\s*charset\s*=(?!\s*"?utf-?8\b)/i;

/**
 * What a body may be before anybody reads it: strict JSON unless the route says otherwise, in UTF-8, not compressed. A
 * charset or coding that was ignored would make one text of another.
 */
export function useStrictBodies(app: FastifyInstance): void {
  // Text is no JSON: without this, Fastify would hand a text/plain body on as a string.
  app.removeContentTypeParser(["text/plain", "application/json"]);
  app.addContentTypeParser<Buffer>(
    "application/json",
    { parseAs: "buffer" },
    async (_request: unknown, bytes: Buffer) => readJsonBody(bytes),
  );
}

/**
 * Reads a JSON body where a route has a parser of its own, as strictly as everywhere else.
 * @throws HttpProblem `malformed-json`
 */
export function readJsonBody(bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    throw houseProblem("malformed-json", { cause });
  }
}

/** Whether a body is in a coding or charset that is not read here. */
export function isForeignBody(headers: IncomingHttpHeaders): boolean {
  const { "content-encoding": coding, "content-type": type } = headers;
  if (coding !== undefined && coding.toLowerCase() !== "identity") return true;
  return type !== undefined && FOREIGN_CHARSET.test(type);
}
