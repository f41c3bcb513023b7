import { createRevocationList, createServiceTokens, createTokenVerifier, remoteKeys } from "@comanda/service-kit";
import { waitFor } from "@comanda/testing";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endAllOf } from "../src/use-cases/end-session.ts";
import { hireStaff } from "./builders.ts";
import { type Auth, bearer, ISSUER, postToken, settings, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let authUrl: string;
beforeAll(async () => {
  auth = await startAuth();
  authUrl = await auth.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => auth.close());

const SECRETS = { order: settings.ORDER_CLIENT_SECRET, payment: settings.PAYMENT_CLIENT_SECRET } as const;
const log = { info: () => undefined, warn: () => undefined };

/** What order and payment run between a request and their routes, put together as their `main.ts` does. */
async function startChecking(service: keyof typeof SECRETS, url = authUrl) {
  const { keys, stop } = remoteKeys(url);
  const tokens = createServiceTokens({
    authUrl: url,
    clientId: service,
    clientSecret: SECRETS[service],
    audience: "auth",
  });
  const list = createRevocationList({ authUrl: url, tokens, log, pollMs: 50 });
  const verify = createTokenVerifier({ issuer: ISSUER, audience: service, keys, isRevoked: list.isRevoked });
  await list.start();
  return {
    verify: async (token: string) => (await verify(token)) !== null,
    stop: () => {
      list.stop();
      stop();
    },
  };
}

async function signIn(who?: { readonly email: string; readonly password: string }) {
  const { email, password } = who ?? (await hireStaff(auth, { role: "manager" })).sent;
  return (await postToken(auth, { username: email, password })).json();
}

/** Ends a session as a thief's reuse of its refresh token does. */
async function endByReuse(pair: { refresh_token: string }) {
  const use = (token: string) => postToken(auth, { grant_type: "refresh_token", refresh_token: token });
  const next = (await use(pair.refresh_token)).json();
  await use(next.refresh_token);
  expect((await use(pair.refresh_token)).statusCode).toBe(400);
}

const readList = async (headers: Record<string, string> = {}) =>
  auth.app.inject({
    url: "/revocations",
    headers: {
      ...bearer(await signToken(auth, { role: "service", subject: "order", claims: { aud: "auth" } })),
      ...headers,
    },
  });

describe("list-revocations", () => {
  it("when a session ends, then its access tokens stand in the list by their ids, and the version is another", async () => {
    const before = (await readList()).json();
    const pair = await signIn();
    await endByReuse(pair);
    const answer = await readList();
    expect(answer.headers["cache-control"]).toBe("no-store");
    const after = answer.json();
    expect(after.version).not.toBe(before.version);
    const { jti } = decodeJwt(pair.access_token);
    expect(after.tokens).toContainEqual({ id: jti, expires_at: expect.stringMatching(/Z$/) });
    expect(answer.body).not.toContain(pair.access_token);
  });

  it("when nothing has changed, then 304 and no list", async () => {
    const { etag } = (await readList()).headers;
    const answer = await readList({ "if-none-match": String(etag) });
    expect([answer.statusCode, answer.body]).toEqual([304, ""]);
  });
});

describe("a revocation on its way", () => {
  it.each(["order", "payment"] as const)(
    "when a session ends, then %s refuses its token within 5 s",
    async (service) => {
      const checking = await startChecking(service);
      const [bad, good] = [await signIn(), await signIn()];
      expect(await checking.verify(bad.access_token)).toBe(true);
      await endByReuse(bad);
      await waitFor(async () => !(await checking.verify(bad.access_token)), { timeoutMs: 5_000 });
      expect(await checking.verify(good.access_token)).toBe(true);
      checking.stop();
    },
  );

  it("when everything of somebody is taken back, then their tokens of any origin are out, and nobody else's", async () => {
    const checking = await startChecking("order");
    const { id, sent } = await hireStaff(auth, { role: "cashier" });
    const sessions = [await signIn(sent), await signIn(sent)];
    const outside = await signToken(auth, { role: "cashier", subject: id });
    const other = await signIn();
    await auth.people.db.transaction().execute((tx) => endAllOf(tx, id, new Date()));
    for (const token of [...sessions.map(({ access_token }) => access_token), outside]) {
      await waitFor(async () => !(await checking.verify(token)), { timeoutMs: 5_000 });
    }
    expect(await checking.verify(other.access_token)).toBe(true);
    const tomorrow = Math.floor(Date.now() / 1000) + 30;
    expect(
      await checking.verify(await signToken(auth, { role: "cashier", subject: id, claims: { iat: tomorrow } })),
    ).toBe(true);
    checking.stop();
  });

  // The text of a token can be written in several ways that all verify: the last base64 character carries unused bits.
  it("when a revoked token is written in another way, then it is refused all the same (AU-06)", async () => {
    const pair = await signIn();
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const text = String(pair.access_token);
    const last = alphabet.indexOf(text.slice(-1));
    const other = `${text.slice(0, -1)}${alphabet[last ^ 1]}`;
    const status = async (token: string) =>
      (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;
    expect(await status(text)).toBe(200);
    expect(await status(other)).toBe(200);
    await endByReuse(pair);
    expect([await status(text), await status(other)]).toEqual([401, 401]);
  });

  it("when auth goes away, then what was revoked stays revoked, and good tokens stay good", async () => {
    const lonely = await startAuth();
    const url = await lonely.app.listen({ host: "127.0.0.1", port: 0 });
    const checking = await startChecking("order", url);
    const [bad, good] = await Promise.all(
      ["bad", "good"].map(() =>
        signToken(lonely, { role: "cashier", claims: { exp: Math.floor(Date.now() / 1000) + 300 } }),
      ),
    );
    expect(await checking.verify(bad ?? "")).toBe(true);
    const subject = String(decodeJwt(bad ?? "").sub);
    await lonely.people.db.transaction().execute((tx) => endAllOf(tx, subject, new Date()));
    await waitFor(async () => !(await checking.verify(bad ?? "")));
    await lonely.close();
    expect(await checking.verify(bad ?? "")).toBe(false);
    expect(await checking.verify(good ?? "")).toBe(true);
    checking.stop();
  });

  it("when another process of auth has revoked, then this one refuses too, within 5 s", async () => {
    const { id, sent } = await hireStaff(auth, { role: "kitchen" });
    const { access_token: token } = await signIn(sent);
    // As that process would: in the database, without a word to this one.
    await auth.people.db.transaction().execute((tx) => endAllOf(tx, id, new Date()));
    const refused = async () => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode === 401;
    await waitFor(refused, { timeoutMs: 5_000 });
  });
});
