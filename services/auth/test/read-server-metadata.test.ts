import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, ISSUER, startAuth } from "./harness.ts";

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
    ]);
    expect(metadata.token_endpoint_auth_methods_supported).toEqual([
      "client_secret_basic",
      "client_secret_post",
      "none",
    ]);
    const keys = await auth.app.inject({ url: metadata.jwks_uri.slice(ISSUER.length) });
    expect(keys.statusCode).toBe(200);
    const token = await auth.app.inject({ method: "POST", url: metadata.token_endpoint.slice(ISSUER.length) });
    expect(token.json().error).toBe("invalid_request");
  });
});
