import type { App, Caller, TokenVerifier } from "@comanda/service-kit";
import { decodeJwt } from "jose";
import { Type } from "typebox";
import type { ServiceClient } from "../domain/token-policy.ts";
import type { ReadPerson } from "../storage/person-cache.ts";
import type { AuthenticateClient } from "../use-cases/authenticate-client.ts";
import { isStillTrue } from "./check-token.ts";
import { FORM_TYPE, oauthEndpoint, oauthRefusals } from "./oauth-endpoint.ts";
import { clientOf, formOf, OAuthError } from "./token-form.ts";

type Deps = {
  readonly authenticateClient: AuthenticateClient;
  /** The very check that each service runs itself. */
  readonly verifiers: Readonly<Record<ServiceClient, TokenVerifier>>;
  readonly readPerson: ReadPerson;
};

const Answer = Type.Object(
  {
    active: Type.Boolean(),
    scope: Type.Optional(Type.String()),
    client_id: Type.Optional(Type.String()),
    token_type: Type.Optional(Type.Literal("Bearer")),
    exp: Type.Optional(Type.Integer()),
    iat: Type.Optional(Type.Integer()),
    nbf: Type.Optional(Type.Integer()),
    sub: Type.Optional(Type.String()),
    aud: Type.Optional(Type.Array(Type.String())),
    iss: Type.Optional(Type.String()),
    jti: Type.Optional(Type.String()),
    role: Type.Optional(Type.String()),
    level: Type.Optional(Type.String()),
    kind: Type.Optional(Type.String()),
  },
  { examples: [{ active: false }] },
);

const schema = {
  operationId: "introspect-token",
  tags: ["tokens"],
  summary: "Say whether a token is good for the service that asks (RFC 7662)",
  description:
    'For services, by HTTP Basic or in the form. A token that is bad, over, revoked or for somebody else is exactly `{"active":false}`.',
  consumes: [FORM_TYPE],
  body: Type.Object(
    {
      token: Type.String(),
      token_type_hint: Type.Optional(Type.String()),
      client_id: Type.Optional(Type.String()),
      client_secret: Type.Optional(Type.String()),
    },
    { additionalProperties: true, examples: [{ token: "eyJhbGciOiJFZERTQSJ9…" }] },
  ),
  response: { 200: Answer, ...oauthRefusals },
} as const;

/** `POST /introspect` */
export async function introspectTokenRoute(app: App, deps: Deps): Promise<void> {
  await oauthEndpoint(app, (scope) => {
    const config = { access: "tokenless" } as const;
    scope.post("/introspect", { config, schema, validatorCompiler: () => () => true }, async (request, reply) => {
      reply.header("cache-control", "no-store");
      const form = formOf(request);
      const client = await clientOf(request, form, deps.authenticateClient);
      const token = form.get("token");
      if (token === undefined) throw new OAuthError("token is needed", { error: "invalid_request" });
      const caller = await deps.verifiers[client](token);
      const isActive = caller !== null && (await isStillTrue(caller, deps.readPerson));
      return isActive ? viewOfActive(token, caller) : { active: false };
    });
  });
}

function viewOfActive(token: string, caller: Caller) {
  const { exp, iat, nbf, aud, iss } = decodeJwt(token);
  return {
    active: true,
    scope: caller.scope,
    client_id: caller.clientId,
    token_type: "Bearer" as const,
    sub: caller.id,
    jti: caller.tokenId,
    role: caller.role,
    aud: [aud ?? []].flat(),
    ...(exp === undefined ? {} : { exp }),
    ...(iat === undefined ? {} : { iat }),
    ...(nbf === undefined ? {} : { nbf }),
    ...(iss === undefined ? {} : { iss }),
    ...(caller.level === null ? {} : { level: caller.level }),
    ...(caller.kind === null ? {} : { kind: caller.kind }),
  };
}
