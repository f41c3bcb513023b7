import diagnostics from "node:diagnostics_channel";
import type { App } from "@comanda/service-kit";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CALLERS, type CallerName, MATRIX, type MatrixRow } from "./authorization-matrix.ts";
import { hireStaff, registerGuest } from "./builders.ts";
import { type Auth, bearer, ISSUER, post, postToken, signToken, startAuth } from "./harness.ts";

let auth: Auth;
const routes = new Set<string>();
const callers = new Map<CallerName, { readonly id: string; readonly token: string }>();

beforeAll(async () => {
  const noteRoutes = (message: unknown) => {
    const { fastify } = message as { fastify: App }; // what Fastify documents for this channel
    fastify.addHook("onRoute", (route) => {
      for (const method of [route.method].flat()) if (method !== "HEAD") routes.add(`${method} ${route.url}`);
    });
  };
  diagnostics.subscribe("fastify.initialization", noteRoutes);
  auth = await startAuth();
  diagnostics.unsubscribe("fastify.initialization", noteRoutes);

  const visit = (await post(auth, "/customers/anonymous")).json();
  callers.set("anonymous", { id: visit.customer.id, token: visit.access_token });
  const guest = await registerGuest(auth);
  callers.set("registered", guest);
  const identified = (await post(auth, "/customers/identify", { payload: { cpf: guest.sent.cpf } })).json();
  callers.set("identified", { id: guest.id, token: identified.access_token });
  for (const role of ["kitchen", "cashier", "manager", "admin"] as const) {
    const { id, sent } = await hireStaff(auth, { role });
    const signedIn = await postToken(auth, { username: sent.email, password: sent.password });
    callers.set(role, { id, token: signedIn.json().access_token });
  }
  callers.set("service", {
    id: "order",
    token: await signToken(auth, { role: "service", subject: "order", claims: { aud: "auth" } }),
  });
  for (const kind of ["kiosk", "kitchen", "panel", "counter"] as const) {
    const subject = "01940000-0000-7000-8000-00000000000d";
    callers.set(`device:${kind}`, { id: subject, token: await signToken(auth, { role: "device", kind, subject }) });
  }
});
afterAll(() => auth.close());

const nameOf = (row: MatrixRow) => (row.about === undefined ? row.route : `${row.route}, ${row.about}`);

async function ask(row: MatrixRow, headers: Record<string, string>, self = "01940000-0000-7000-8000-000000000001") {
  const [method = "", path = ""] = row.route.split(" ");
  const type = row.form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  const payload = row.form ?? (row.json === undefined ? undefined : JSON.stringify(row.json()));
  return auth.app.inject({
    method: method as "GET" | "POST" | "DELETE", // the matrix holds these only
    url: row.url?.(self) ?? path,
    headers: { ...headers, ...(payload === undefined ? {} : { "content-type": type }) },
    ...(payload === undefined ? {} : { payload }),
  });
}

describe("the authorization matrix", () => {
  it("when the service is built, then every route has its row, and every row its route", () => {
    expect([...new Set(MATRIX.map((row) => row.route))].sort()).toEqual([...routes].sort());
  });

  const cells = MATRIX.flatMap((row) => CALLERS.map((caller) => ({ row, caller, name: nameOf(row) })));
  it.each(cells)("when $caller calls $name, then the table decides", async ({ row, caller }) => {
    const who = callers.get(caller);
    const answer = await ask(row, who === undefined ? {} : bearer(who.token), who?.id);
    expect(answer.statusCode).toBe(row.expect[caller]);
    if (answer.statusCode === 401) expect(answer.headers["www-authenticate"]).toBe(row.challenge ?? "Bearer");
    if (answer.statusCode === 403) expect(answer.json().code).toBe("forbidden");
  });
});

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
  it.each(BAD_TOKENS)("when a token is %s, then every route that looks at it answers 401", async (_what, make) => {
    const headers = bearer(await make());
    for (const row of MATRIX) {
      const answer = await ask(row, headers);
      expect(answer.statusCode, nameOf(row)).toBe(row.looksAtToken ? 401 : row.expect.nobody);
      if (row.looksAtToken) expect(answer.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
    }
  });

  it("when a token is good to the last second of the leeway, then it is good, and not later", async () => {
    const { id } = await hireStaff(auth, { role: "admin" });
    const status = async (claims: Record<string, unknown>) => {
      const token = await signToken(auth, { role: "admin", subject: id, claims });
      return (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;
    };
    expect(await status({ nbf: nowS() + 55 })).toBe(200);
    expect(await status({ nbf: nowS() + 65 })).toBe(401);
    expect(await status({ iat: nowS() + 55 })).toBe(200);
    expect(await status({ iat: nowS() + 65 })).toBe(401);
  });

  it("when the token stands in the address or a cookie, then it counts for nothing", async () => {
    const token = callers.get("admin")?.token;
    const query = await auth.app.inject({ url: `/auth?access_token=${token}` });
    const cookie = await auth.app.inject({ url: "/auth", headers: { cookie: `access_token=${token}` } });
    expect([query.statusCode, cookie.statusCode]).toEqual([401, 401]);
  });
});
