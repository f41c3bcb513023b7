import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { GRANT_TYPES } from "./issue-token.ts";

const Texts = Type.Array(Type.String());

const schema = {
  operationId: "read-server-metadata",
  tags: ["discovery"],
  summary: "OAuth 2.0 authorization server metadata (RFC 8414)",
  response: {
    200: Type.Object({
      issuer: Type.String(),
      token_endpoint: Type.String(),
      jwks_uri: Type.String(),
      grant_types_supported: Texts,
      response_types_supported: Texts,
      token_endpoint_auth_methods_supported: Texts,
    }),
    ...problemResponses(["internal"]),
  },
} as const;

/** `GET /.well-known/oauth-authorization-server` */
export function readServerMetadataRoute(app: App, { issuer }: { readonly issuer: string }): void {
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: [...GRANT_TYPES],
    // Required by the RFC; empty, for there is no authorization endpoint.
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
  };
  const url = "/.well-known/oauth-authorization-server";
  app.get(url, { config: { access: "tokenless" }, schema }, async (_request, reply) => {
    reply.header("cache-control", "public, max-age=300");
    return metadata;
  });
}
