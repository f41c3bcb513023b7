import type { App, TokenVerifier } from "@comanda/service-kit";
import { Type } from "typebox";
import { PUBLIC_CLIENTS } from "../domain/token-policy.ts";
import type { AuthenticateClient } from "../use-cases/authenticate-client.ts";
import type { RevokeToken, TokenOwner } from "../use-cases/revoke-token.ts";
import { FORM_TYPE, oauthEndpoint, oauthRefusals } from "./oauth-endpoint.ts";
import { clientOf, type Form, formOf, hasAssertion, OAuthError } from "./token-form.ts";

type Deps = {
  readonly authenticateClient: AuthenticateClient;
  readonly verifyToken: TokenVerifier;
  readonly revokeToken: RevokeToken;
};

const schema = {
  operationId: "revoke-token",
  tags: ["tokens"],
  summary: "Sign out: revoke an access or refresh token of one's own (RFC 7009)",
  description: [
    "By a service (HTTP Basic or form), by whoever a good bearer token belongs to, or with `client_id=web` or `device` alone,",
    "as a client without a secret does. 200 also for a token that is unknown or somebody else's, on which it has no effect. Revoking either token of a session ends the session: here at once, in the",
    "other services within seconds.",
  ].join(" "),
  consumes: [FORM_TYPE],
  body: Type.Object(
    {
      token: Type.String(),
      token_type_hint: Type.Optional(Type.String()),
      client_id: Type.Optional(Type.String()),
      client_secret: Type.Optional(Type.String()),
    },
    { additionalProperties: true, examples: [{ token: "n3K0…" }] },
  ),
  response: { 200: Type.Null({ description: "It is good no more, or never was" }), ...oauthRefusals },
} as const;

/** `POST /revoke` */
export async function revokeTokenRoute(app: App, deps: Deps): Promise<void> {
  await oauthEndpoint(app, (scope) => {
    // Two ways to authenticate, so that the house's own check of bearer tokens cannot decide alone.
    const config = { access: "tokenless" } as const;
    scope.post("/revoke", { config, schema, validatorCompiler: () => () => true }, async (request, reply) => {
      reply.header("cache-control", "no-store");
      const form = formOf(request);
      const owner = await ownerOf(request, form, deps);
      const token = form.get("token");
      if (token === undefined) throw new OAuthError("token is needed", { error: "invalid_request" });
      await deps.revokeToken({ token, owner });
      // RFC 7009 §2.2: the answer has no content, which JSON would write as `null`.
      reply.serializer(() => "");
      return null;
    });
  });
}

async function ownerOf(
  request: { readonly headers: { readonly authorization?: string | undefined } },
  form: Form,
  deps: Deps,
): Promise<TokenOwner> {
  const { authorization } = request.headers;
  const isClient = form.has("client_secret") || hasAssertion(form) || /^Basic /i.test(authorization ?? "");
  if (isClient) return { kind: "client", client: await clientOf(request, form, deps.authenticateClient) };
  if (authorization === undefined) {
    // A public client has no secret and says who it is; that it has the token is all it can show (RFC 7009 §2.1).
    const client = PUBLIC_CLIENTS.find((name) => name === form.get("client_id"));
    if (client !== undefined) return { kind: "client", client };
    throw new OAuthError("a client or a bearer token is needed", { error: "invalid_client", challenge: "Bearer" });
  }
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
  const caller = token === undefined ? null : await deps.verifyToken(token);
  if (caller === null) {
    const challenge = 'Bearer error="invalid_token"';
    throw new OAuthError("the bearer token is not good", { error: "invalid_client", challenge });
  }
  return { kind: "subject", id: caller.id };
}
