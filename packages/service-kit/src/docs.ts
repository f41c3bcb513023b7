import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifyPluginAsync, FastifySchema } from "fastify";
import type { Access } from "./caller.ts";
import { ProblemSchema, problemResponses } from "./schemas.ts";

/** `GET /openapi.json` (OpenAPI 3.1, from the route schemas) and `GET /docs` (a page that needs no internet). */
export async function useDocs(
  app: FastifyInstance,
  about: { readonly title: string; readonly description: string; readonly version: string },
): Promise<void> {
  // Picked one by one: callers hand in all their options, of which the logger and others must not be published.
  const { title, description, version } = about;
  app.addSchema(ProblemSchema);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title, description, version, license: { name: "MIT", identifier: "MIT" } },
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
    },
    // Shared schemas keep their own names instead of def-0, def-1, …
    refResolver: { buildLocalReference: (json) => String(json["$id"]) },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const security = access === "public" || access === "tokenless" || access === undefined ? [] : [{ bearer: [] }];
      const response = schema?.response === undefined ? {} : { response: withHouseAnswers(schema, route) };
      return { schema: { ...schema, security, ...response }, url };
    },
  });
  app.get("/openapi.json", { config: { access: "tokenless" }, schema: { hide: true } }, async () => app.swagger());
  await app.register(docsPage);
}

/**
 * What the house may answer at a route before or beside the route itself: clients must find it in the document without
 * every route listing it. What a route says of a status itself stays.
 */
function withHouseAnswers(
  schema: FastifySchema,
  { method, config }: { readonly method: string | readonly string[]; readonly config?: { readonly access?: Access } },
): Record<string, unknown> {
  const { access } = config ?? {};
  const hasBody = [method].flat().some((each) => ["POST", "PUT", "PATCH"].includes(each));
  const isRead = schema.body !== undefined || schema.querystring !== undefined || schema.headers !== undefined;
  const codes = [
    ...["malformed-request", "internal", "unavailable"],
    ...(access === "tokenless" ? [] : ["unauthenticated"]),
    ...(typeof access === "string" ? [] : ["forbidden"]),
    ...(schema.params === undefined ? [] : ["not-found", "uri-too-long"]),
    ...(hasBody ? ["malformed-json", "body-too-large", "unsupported-media-type"] : []),
    ...(isRead ? ["validation-failed"] : []),
  ];
  return { ...problemResponses(codes), ...Object(schema.response) };
}

/** The library's own policy lets our origin put the page into a frame, and fonts and styles come from anywhere. */
const DOCS_POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "img-src 'self' data:",
  "script-src-attr 'none'",
].join("; ");

const docsPage: FastifyPluginAsync = async (scope) => {
  // The docs plugin declares its own routes; they are pages without data, open to all.
  scope.addHook("onRoute", (route) => {
    route.config = { ...route.config, access: "tokenless" };
  });
  await scope.register(swaggerUi, { routePrefix: "/docs", staticCSP: DOCS_POLICY, logLevel: "silent" });
};
