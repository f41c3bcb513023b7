import { freePort } from "@comanda/testing";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDevice, registerGuest } from "./builders.ts";
import { type Auth, settings, startAuth } from "./harness.ts";

// A client that knows nothing of us but the standards, and checks every answer against them, over real HTTP.
let auth: Auth;
let issuer: URL;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  const port = await freePort();
  issuer = new URL(`http://127.0.0.1:${port}`);
  // Without a slash, as the issuer stands in the tokens; the library compares letter by letter.
  auth = await startAuth({ settings: { AUTH_ISSUER: issuer.origin } });
  await auth.app.listen({ host: "127.0.0.1", port });
  const address = new URL(`${issuer.origin}/.well-known/oauth-authorization-server`);
  server = (await (await fetch(address)).json()) as oauth.AuthorizationServer; // read again, checked, in the first test
});
afterAll(() => auth.close());

const insecure = { [oauth.allowInsecureRequests]: true };
const ours: oauth.Client = { client_id: "web" };
const order: oauth.Client = { client_id: "order" };
const byBasic = oauth.ClientSecretBasic(settings.ORDER_CLIENT_SECRET);
const byPost = oauth.ClientSecretPost(settings.ORDER_CLIENT_SECRET);

async function grant(type: string, parameters: Record<string, string>) {
  const form = new URLSearchParams(parameters);
  const response = await oauth.genericTokenEndpointRequest(server, ours, oauth.None(), type, form, insecure);
  return oauth.processGenericTokenEndpointResponse(server, ours, response);
}

async function renew(refreshToken: string) {
  const response = await oauth.refreshTokenGrantRequest(server, ours, oauth.None(), refreshToken, insecure);
  return oauth.processRefreshTokenResponse(server, ours, response);
}

async function signIn() {
  const { sent, id } = await registerGuest(auth);
  return { id, tokens: await grant("password", { username: sent.email, password: sent.password }) };
}

describe("a client of the standards (oauth4webapi)", () => {
  it("when it discovers the server, then the metadata are those of RFC 8414", async () => {
    const response = await oauth.discoveryRequest(new URL(issuer.origin), { algorithm: "oauth2", ...insecure });
    // The library insists on the URL form of an issuer, with its slash; everything else is compared as it is.
    const metadata = (await response.json()) as oauth.AuthorizationServer; // its own check follows on what it needs
    expect(metadata.issuer).toBe(issuer.origin);
    expect(metadata.token_endpoint).toBe(`${issuer.origin}/token`);
  });

  it("when a guest signs in and renews, then every answer is what the RFC says", async () => {
    const { tokens } = await signIn();
    expect(tokens).toMatchObject({ token_type: "bearer", scope: "customer:registered" });
    const renewed = await renew(tokens.refresh_token ?? "");
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
  });

  it("when a refresh token is no good, then the refusal is understood", async () => {
    await expect(renew("nonsense")).rejects.toMatchObject({ error: "invalid_grant", status: 400 });
  });

  it("when a service takes a token by Basic or in the form, then it comes; with a wrong secret, the challenge is read", async () => {
    for (const authentication of [byBasic, byPost]) {
      const form = new URLSearchParams({ resource: "urn:comanda:auth" });
      const response = await oauth.clientCredentialsGrantRequest(server, order, authentication, form, insecure);
      const tokens = await oauth.processClientCredentialsResponse(server, order, response);
      expect(tokens).toMatchObject({ scope: "service", expires_in: 300 });
    }
    const wrong = oauth.ClientSecretBasic("x".repeat(40));
    const response = await oauth.clientCredentialsGrantRequest(server, order, wrong, new URLSearchParams(), insecure);
    expect(response.status).toBe(401);
    await expect(oauth.processClientCredentialsResponse(server, order, response)).rejects.toThrow(/WWW-Authenticate/);
  });

  it("when a resource server checks a token by the library's rules (RFC 9068), then it passes for each audience", async () => {
    const { id, tokens } = await signIn();
    const request = new Request("http://resource.test/", {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    for (const audience of ["auth", "order", "payment"]) {
      const claims = await oauth.validateJwtAccessToken(server, request, audience, insecure);
      expect(claims).toMatchObject({ sub: id, client_id: "web", role: "customer" });
    }
    await expect(oauth.validateJwtAccessToken(server, request, "web", insecure)).rejects.toThrow();
  });

  it("when a token is introspected and then revoked, then the library reads active, and then inactive", async () => {
    const { tokens } = await signIn();
    const introspect = async () => {
      const response = await oauth.introspectionRequest(server, order, byBasic, tokens.access_token, insecure);
      return oauth.processIntrospectionResponse(server, order, response);
    };
    expect(await introspect()).toMatchObject({ active: true, token_type: "Bearer" });
    const response = await oauth.revocationRequest(server, ours, oauth.None(), tokens.refresh_token ?? "", insecure);
    await oauth.processRevocationResponse(response);
    expect(await introspect()).toEqual({ active: false });
    await expect(renew(tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("when a device is paired, then its grant is an extension grant like any other", async () => {
    const { code } = await makeDevice(auth);
    const tokens = await grant("urn:comanda:device", { pairing_code: code });
    expect(tokens.scope).toBe("device:kiosk");
    expect((await renew(tokens.refresh_token ?? "")).scope).toBe("device:kiosk");
  });
});

describe("a resource server of the standards (jose)", () => {
  it("when it reads our keys from afar, then it accepts our tokens by their signature, type, issuer and audience", async () => {
    const { id, tokens } = await signIn();
    const keys = createRemoteJWKSet(new URL(server.jwks_uri ?? ""));
    const options = { issuer: issuer.origin, audience: "order", typ: "at+jwt", algorithms: ["EdDSA"] };
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, options);
    expect([payload.sub, protectedHeader.kid]).toEqual([id, "0001"]);
    await expect(jwtVerify(tokens.access_token, keys, { ...options, audience: "web" })).rejects.toThrow();
  });
});
