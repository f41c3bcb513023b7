import { newId } from "@comanda/primitives";
import { freePort } from "@comanda/testing";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, postForm, postToken, startAuth } from "./harness.ts";

// A client that knows nothing of us but the standards signs in with its key, over real HTTP.
let auth: Auth;
let server: oauth.AuthorizationServer;
let issuer: string;
const ed25519 = await generateKeyPair("EdDSA", { extractable: true });
const p256 = await generateKeyPair("ES256", { extractable: true });
const stranger = await generateKeyPair("EdDSA", { extractable: true });

beforeAll(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  const orderKeys = [
    { ...(await exportJWK(ed25519.publicKey)), kid: "ed" },
    { ...(await exportJWK(p256.publicKey)), kid: "ec" },
  ];
  const settings = {
    AUTH_ISSUER: issuer,
    ORDER_CLIENT_JWKS: JSON.stringify({ keys: orderKeys }),
    PAYMENT_CLIENT_JWKS: JSON.stringify({ keys: [{ ...(await exportJWK(stranger.publicKey)), kid: "ed" }] }),
  };
  auth = await startAuth({ settings });
  await auth.app.listen({ host: "127.0.0.1", port });
  const address = `${issuer}/.well-known/oauth-authorization-server`;
  server = (await (await fetch(address)).json()) as oauth.AuthorizationServer; // the library checks what it uses
});
afterAll(() => auth.close());

const insecure = { [oauth.allowInsecureRequests]: true };
const order: oauth.Client = { client_id: "order" };
const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const nowS = () => Math.floor(Date.now() / 1000);

/** An assertion as it should be, but for what the test changes. */
async function assertion(
  claims: Record<string, unknown> = {},
  how: { key?: typeof ed25519.privateKey; alg?: string; kid?: string } = {},
) {
  const good = { iss: "order", sub: "order", aud: issuer, jti: newId(), iat: nowS(), exp: nowS() + 60 };
  const present = Object.fromEntries(Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined));
  return new SignJWT(present)
    .setProtectedHeader({ alg: how.alg ?? "EdDSA", kid: how.kid ?? "ed" })
    .sign(how.key ?? ed25519.privateKey);
}

const send = (signed: string, more: Record<string, string> = {}) =>
  postToken(auth, {
    grant_type: "client_credentials",
    client_assertion_type: TYPE,
    client_assertion: signed,
    ...more,
  });

describe("private_key_jwt", () => {
  it("when the metadata are read, then they list it with its algorithms", () => {
    expect(server.token_endpoint_auth_methods_supported).toContain("private_key_jwt");
    expect(server.token_endpoint_auth_signing_alg_values_supported).toEqual(["EdDSA", "Ed25519", "ES256"]);
  });

  it.each([
    ["Ed25519", { key: ed25519.privateKey, kid: "ed" }],
    ["ES256", { key: p256.privateKey, kid: "ec" }],
  ])(
    "when oauth4webapi signs with %s, then it gets a token and may introspect and revoke with it",
    async (_name, key) => {
      const authentication = oauth.PrivateKeyJwt(key);
      const form = new URLSearchParams({ resource: "urn:comanda:payment" });
      const response = await oauth.clientCredentialsGrantRequest(server, order, authentication, form, insecure);
      const tokens = await oauth.processClientCredentialsResponse(server, order, response);
      expect(tokens).toMatchObject({ scope: "service", expires_in: 300 });
      const asked = await oauth.introspectionRequest(server, order, authentication, tokens.access_token, insecure);
      expect(await oauth.processIntrospectionResponse(server, order, asked)).toEqual({ active: false });
      const revoked = await oauth.revocationRequest(server, order, authentication, tokens.access_token, insecure);
      await oauth.processRevocationResponse(revoked);
    },
  );

  it("when an assertion is used twice, then only the first time, even at the same moment", async () => {
    const signed = await assertion();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(signed)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect((await send(signed)).json()).toMatchObject({ error: "invalid_client" });
  });

  it("when it is made out to the token endpoint instead of the issuer, then it is good as well", async () => {
    expect((await send(await assertion({ aud: `${issuer}/token` }))).statusCode).toBe(200);
    expect((await send(await assertion({ aud: [issuer] }))).statusCode).toBe(200);
  });

  it.each<[string, () => Promise<string>]>([
    ["lives longer than five minutes", () => assertion({ exp: nowS() + 400 })],
    ["is over", () => assertion({ exp: nowS() - 60 })],
    ["has no end", () => assertion({ exp: undefined })],
    ["has no id", () => assertion({ jti: undefined })],
    ["was issued in the future", () => assertion({ iat: nowS() + 120 })],
    ["is not good yet", () => assertion({ nbf: nowS() + 120 })],
    ["is for another server", () => assertion({ aud: "https://elsewhere.example" })],
    ["is for us and another server", () => assertion({ aud: [issuer, "https://elsewhere.example"] })],
    ["has no audience", () => assertion({ aud: undefined })],
    ["is about somebody else", () => assertion({ sub: "payment" })],
    ["is by an unknown client", () => assertion({ iss: "web", sub: "web" })],
    ["is by `constructor`", () => assertion({ iss: "constructor", sub: "constructor" })],
    ["is signed by the other service", () => assertion({}, { key: stranger.privateKey })],
    ["is signed by another key of ours", () => assertion({}, { key: p256.privateKey, alg: "ES256", kid: "ed" })],
    [
      "is signed with the secret's algorithm",
      async () =>
        new SignJWT({ iss: "order", sub: "order", aud: issuer, jti: newId(), exp: nowS() + 60 })
          .setProtectedHeader({ alg: "HS256", kid: "ed" })
          .sign(Buffer.from("order-secret-0123456789abcdef0123456789")),
    ],
    ["is not signed", async () => `${(await assertion()).split(".").slice(0, 2).join(".")}.`],
    ["is none", async () => "nonsense"],
    ["is endless", async () => `${await assertion()}${"x".repeat(5_000)}`],
  ])("when an assertion %s, then invalid_client", async (_what, make) => {
    const answer = await send(await make());
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ error: "invalid_client" });
  });

  it("when the client names itself otherwise, or authenticates twice, then it is refused", async () => {
    expect((await send(await assertion(), { client_id: "payment" })).json().error).toBe("invalid_client");
    expect((await send(await assertion(), { client_id: "order" })).statusCode).toBe(200);
    expect((await send(await assertion(), { client_secret: "x" })).json().error).toBe("invalid_request");
    const other = await send(await assertion(), { client_assertion_type: "urn:other" });
    expect(other.json().error).toBe("invalid_request");
    const form = { token: "x", client_assertion_type: TYPE };
    expect((await postForm(auth, "/introspect", form)).json().error).toBe("invalid_request");
  });
});

describe("the services' key sets", () => {
  it.each(["nonsense", "{}", '{"keys":[]}', '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'])(
    "when a set is %s, then the start is refused and says which",
    async (text) => {
      await expect(startAuth({ settings: { ORDER_CLIENT_JWKS: text } })).rejects.toThrow(/ORDER_CLIENT_JWKS/);
    },
  );
});
