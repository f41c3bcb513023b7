import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { ASSERTION_ALGORITHMS } from "../use-cases/check-client-assertion.ts";
import { GRANT_TYPES } from "./issue-token.ts";

/** How services authenticate. */
const CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"] as const;

const Texts = Type.Array(Type.String());

const schema = {
  operationId: "read-server-metadata",
  tags: ["discovery"],
  summary: "OAuth 2.0 authorization server metadata (RFC 8414)",
  response: {
    200: Type.Object({
      issuer: Type.String(),
      token_endpoint: Type.String(),
      introspection_endpoint: Type.String(),
      revocation_endpoint: Type.String(),
      jwks_uri: Type.String(),
      grant_types_supported: Texts,
      response_types_supported: Texts,
      token_endpoint_auth_methods_supported: Texts,
      token_endpoint_auth_signing_alg_values_supported: Texts,
      introspection_endpoint_auth_methods_supported: Texts,
      introspection_endpoint_auth_signing_alg_values_supported: Texts,
      revocation_endpoint_auth_methods_supported: Texts,
      revocation_endpoint_auth_signing_alg_values_supported: Texts,
    }),
    ...problemResponses(["internal"]),
  },
} as const;

/** `GET /.well-known/oauth-authorization-server` */
export function readServerMetadataRoute(app: App, { issuer }: { readonly issuer: string }): void {
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: [...GRANT_TYPES],
    // Required by the RFC; empty, for there is no authorization endpoint.
    response_types_supported: [],
    // `none`: our own pages and the devices, which hold no secret of a client.
    token_endpoint_auth_methods_supported: [...CLIENT_AUTH_METHODS, "none"],
    token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
    introspection_endpoint_auth_methods_supported: [...CLIENT_AUTH_METHODS],
    introspection_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
    revocation_endpoint_auth_methods_supported: [...CLIENT_AUTH_METHODS, "none"],
    revocation_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
  };
  const url = "/.well-known/oauth-authorization-server";
  app.get(url, { config: { access: "tokenless" }, schema }, async (_request, reply) => {
    reply.header("cache-control", "public, max-age=300");
    return metadata;
  });
}
