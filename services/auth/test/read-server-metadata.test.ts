import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, ISSUER, postToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

describe("read-server-metadata", () => {
  it("when the metadata is read, then the issuer is exactly that of the tokens and every endpoint answers", async () => {
    const answer = await auth.app.inject({ url: "/.well-known/oauth-authorization-server" });
    expect(answer.statusCode).toBe(200);
    const metadata = answer.json();
    expect(metadata.issuer).toBe(ISSUER);
    expect(metadata.grant_types_supported).toEqual([
      "password",
      "refresh_token",
      "client_credentials",
      "urn:comanda:device",
      "urn:comanda:pin",
    ]);
    expect(metadata.token_endpoint_auth_methods_supported).toEqual([
      "client_secret_basic",
      "client_secret_post",
      "private_key_jwt",
      "none",
    ]);
    const pathOf = (endpoint: string) => endpoint.slice(ISSUER.length);
    expect((await auth.app.inject({ url: pathOf(metadata.jwks_uri) })).statusCode).toBe(200);
    const endpoints = ["token_endpoint", "introspection_endpoint", "revocation_endpoint"];
    const answers = await Promise.all(
      endpoints.map((name) => auth.app.inject({ method: "POST", url: pathOf(metadata[name]) })),
    );
    expect(answers.map((answer) => answer.json().error)).toEqual([
      "invalid_request",
      "invalid_client",
      "invalid_client",
    ]);
  });

  it("when the metadata names a grant type, then the token endpoint knows it, and no other", async () => {
    const metadata = (await auth.app.inject({ url: "/.well-known/oauth-authorization-server" })).json();
    for (const grantType of [...metadata.grant_types_supported, "authorization_code", "implicit"]) {
      const { error } = (await postToken(auth, { grant_type: grantType })).json();
      const isKnown = metadata.grant_types_supported.includes(grantType);
      expect(error === "unsupported_grant_type", grantType).toBe(!isKnown);
    }
  });
});
