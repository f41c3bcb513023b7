import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, bearer, ISSUER, signToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const nowS = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Tokens of an administrator that are bad in one way each (reliability §4.5). */
const BAD_TOKENS: readonly (readonly [string, () => Promise<string>])[] = [
  ["expired", () => admin({ exp: nowS() - 61 })],
  ["not yet valid", () => admin({ nbf: nowS() + 3600 })],
  ["issued an hour ahead", () => admin({ iat: nowS() + 3600, exp: nowS() + 7200 })],
  ["living for ten years", () => admin({ exp: nowS() + 315_360_000 })],
  ["living for ever", () => admin({ exp: 1e20 })],
  ["without end", () => admin({ exp: undefined })],
  ["ending in words", () => admin({ exp: "tomorrow" })],
  ["of another issuer", () => admin({ iss: `${ISSUER}/` })],
  ["without issuer", () => admin({ iss: undefined })],
  ["for another service", () => admin({ aud: "payment" })],
  ["for no service", () => admin({ aud: undefined })],
  ["without subject", () => admin({ sub: undefined })],
  ["without id", () => admin({ jti: undefined })],
  ["without client", () => admin({ client_id: undefined })],
  ["without role", () => admin({ role: undefined })],
  ["of a role that is none", () => admin({ role: "owner" })],
  ["of a device without kind", () => signToken(auth, { role: "device" })],
  ["of type JWT", () => admin({}, { typ: "JWT" })],
  ["without type", () => admin({}, { typ: undefined })],
  ["of an unknown key", () => admin({}, { kid: "9999" })],
  ["whose key id is a path", () => admin({}, { kid: "../../../../dev/null" })],
  ["with an unknown critical header", () => unsigned({ alg: "EdDSA", typ: "at+jwt", kid: "0001", crit: ["x"], x: 1 })],
  ["without signature", () => unsigned({ alg: "none", typ: "at+jwt" })],
  ["whose numeric key id fits nothing", () => unsigned({ alg: "EdDSA", typ: "at+jwt", kid: 1 }, "A".repeat(86))],
  ["of a stranger's key under our key id", strangers],
  ["with the stranger's key inside", strangersWithKeyInside],
  ["signed with our public key as a secret", hmac],
  ["with its payload altered", tampered],
  ["of two parts", async () => (await admin({})).split(".").slice(0, 2).join(".")],
  ["of four parts", async () => `${await admin({})}.x`],
  ["of 16 KB", () => admin({ filler: "x".repeat(16_000) })],
  ["no token", async () => "nonsense"],
  ["of five parts", async () => "a.b.c.d.e"],
];

function admin(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  return signToken(auth, { role: "admin", claims, header });
}

function goodClaims() {
  const subject = {
    iss: ISSUER,
    aud: ["auth"],
    sub: "01940000-0000-7000-8000-000000000001",
    jti: "j",
    client_id: "web",
  };
  return { ...subject, iat: nowS(), exp: nowS() + 300, role: "admin" };
}

async function unsigned(header: Record<string, unknown>, signature = ""): Promise<string> {
  return `${encode(header)}.${encode(goodClaims())}.${signature}`;
}

async function strangers(): Promise<string> {
  const { privateKey } = await generateKeyPair("EdDSA");
  const header = { alg: "EdDSA", typ: "at+jwt", kid: auth.keys.current().kid };
  return new SignJWT(goodClaims()).setProtectedHeader(header).sign(privateKey);
}

async function strangersWithKeyInside(): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { extractable: true });
  const header = { alg: "EdDSA", typ: "at+jwt", jwk: await exportJWK(publicKey), jku: "http://127.0.0.1:9/jwks" };
  return new SignJWT(goodClaims()).setProtectedHeader(header).sign(privateKey);
}

async function hmac(): Promise<string> {
  const [key] = auth.keys.publicKeys();
  const secret = Buffer.from(String(key?.x), "base64url");
  return new SignJWT(goodClaims()).setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "0001" }).sign(secret);
}

async function tampered(): Promise<string> {
  const [header, , signature] = (await signToken(auth, { role: "customer", level: "anonymous" })).split(".");
  return `${header}.${encode(goodClaims())}.${signature}`;
}

describe("bad tokens", () => {
  it.each(BAD_TOKENS)("when a token is %s, then it opens nothing", async (_what, make) => {
    const answer = await auth.app.inject({ url: "/auth", headers: bearer(await make()) });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });

  it("when the token stands in the address or a cookie, then it counts for nothing", async () => {
    const token = await admin({});
    const query = await auth.app.inject({ url: `/auth?access_token=${token}` });
    const cookie = await auth.app.inject({ url: "/auth", headers: { cookie: `access_token=${token}` } });
    expect([query.statusCode, cookie.statusCode]).toEqual([401, 401]);
  });
});
