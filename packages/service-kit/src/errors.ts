import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { makeFailureLog } from "./failure-log.ts";
import { houseProblem } from "./house-problems.ts";
import { HttpProblem, languageOf, renderProblem } from "./problem.ts";
import { harmlessParts } from "./redaction.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { UncheckableTokenError } from "./uncheckable-token.ts";

/** One place turns anything that went wrong into `application/problem+json` (style E2, E3). */
export function useProblems(app: FastifyInstance, isOutage: (error: unknown) => boolean): void {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[]; readonly isExact: boolean }[] = [];
  app.addHook("onRoute", (route) => {
    routes.push({ pattern: patternOf(route.url), methods: [route.method].flat(), isExact: !/[:*]/.test(route.url) });
  });

  const logFailure = makeFailureLog();
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const problem = problemFrom(error, isOutage);
    if (problem.kind.status >= 500) logFailure(request.log, { error, problem });
    return sendProblem(problem, request, reply);
  });

  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const matching = routes.filter(({ pattern }) => pattern.test(path));
    const exact = matching.filter(({ isExact }) => isExact);
    const methods = (exact.length > 0 ? exact : matching).flatMap((route) => route.methods);
    if (methods.length === 0) return sendProblem(houseProblem("not-found"), request, reply);
    const allow = [...new Set(methods)].sort().join(", ");
    const problem = houseProblem("method-not-allowed", { params: { allow }, headers: { allow } });
    return sendProblem(problem, request, reply);
  });
}

/** Answers with the problem document, in the language asked for. */
export function sendProblem(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = renderProblem(problem, {
    language: languageOf(request.headers["accept-language"]),
    instance: harmlessParts(request.url.split("?", 1)[0] ?? "/"),
    requestId: request.id,
  });
  return (
    reply
      .code(problem.kind.status)
      .headers({ ...SECURITY_HEADERS, "x-request-id": request.id, ...problem.headers, vary: "accept-language" })
      .type("application/problem+json")
      // Already text: a route's response schema must not drop members that a problem may carry.
      .serializer((text: string) => text)
      .send(JSON.stringify(body))
  );
}

/** What Fastify and Node call their refusals, in our words. */
const CLIENT_MISTAKES: Readonly<Record<string, Parameters<typeof houseProblem>[0]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_EMPTY_JSON_BODY: "malformed-json",
  FST_ERR_CTP_INVALID_JSON_BODY: "malformed-json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "malformed-request",
  FST_ERR_REQ_INVALID_VALIDATION_INVOCATION: "internal",
};

function problemFrom(error: unknown, isOutage: (error: unknown) => boolean): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof UncheckableTokenError || isOutage(error)) {
    return houseProblem("unavailable", { headers: { "retry-after": String(retryAfterOf(error)) }, cause: error });
  }
  if (!(error instanceof Error)) return houseProblem("internal", { cause: error });
  const { code = "", statusCode } = error as FastifyError; // the two fields are optional on whatever was thrown
  const known = CLIENT_MISTAKES[code];
  if (known !== undefined) return houseProblem(known, { cause: error });
  if (statusCode === 400) {
    return houseProblem(error instanceof SyntaxError ? "malformed-json" : "malformed-request", { cause: error });
  }
  if (statusCode === 413) return houseProblem("body-too-large", { cause: error });
  if (statusCode === 415) return houseProblem("unsupported-media-type", { cause: error });
  return houseProblem("internal", { cause: error });
}

const RETRY_AFTER_S = 2;

/** Some outages know when they will be over. */
function retryAfterOf(error: unknown): number {
  const seconds = error instanceof Error && "retryAfterSeconds" in error ? error.retryAfterSeconds : undefined;
  return typeof seconds === "number" ? seconds : RETRY_AFTER_S;
}

function patternOf(url: string): RegExp {
  const source = url
    .replace(/\/$/, "")
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part === "*" ? ".*" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("/");
  return new RegExp(`^${source}/?$`);
}
