import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestLog } from "@comanda/testing";
import { CompactSign, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { buildService, createTokenVerifier, remoteKeys } from "../src/index.ts";
import { UncheckableTokenError } from "../src/uncheckable-token.ts";

const ISSUER = "http://auth.test";
const nowS = () => Math.floor(Date.now() / 1000);
const claims = () => ({
  ...{ iss: ISSUER, aud: ["order"], sub: "somebody", jti: crypto.randomUUID(), client_id: "web" },
  ...{ iat: nowS(), exp: nowS() + 300, role: "customer", level: "anonymous" },
});

const servers: Server[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A JWKS over HTTP whose keys a test changes, and how often it was read. */
async function startAuth() {
  const keys: JWK[] = [];
  const auth = { keys, reads: 0, url: "" };
  const server = createServer((_request, response) => {
    auth.reads += 1;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  servers.push(server);
  auth.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  const publish = async (kid: string) => {
    const { privateKey, publicKey } = await generateKeyPair("EdDSA");
    keys.push({ ...(await exportJWK(publicKey)), kid, alg: "EdDSA", use: "sig" });
    return (more: object = {}) =>
      new SignJWT({ ...claims(), ...more }).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid }).sign(privateKey);
  };
  return { auth, server, publish };
}

function verifierOf(url: string) {
  const { keys, stop } = remoteKeys(url);
  onTestFinished(stop);
  return createTokenVerifier({ issuer: ISSUER, audience: "order", keys });
}

describe("keys of auth, read from afar", () => {
  // Reliability AU-10, a hundred times faster: auth publishes a key, signs with it when the longest pause between two looks
  // of a service is over, and drops the old one when its tokens are.
  it("when keys rotate during traffic and under a flood of forged ones, then no good token is refused", async () => {
    const { auth, publish } = await startAuth();
    const [cooldownMs, publishFirstMs] = [300, 350];
    const { keys, stop } = remoteKeys(auth.url, { cooldownMs });
    onTestFinished(stop);
    const verify = createTokenVerifier({ issuer: ISSUER, audience: "order", keys });
    const stranger = await generateKeyPair("EdDSA");
    const forge = (kid: string) =>
      new SignJWT(claims()).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid }).sign(stranger.privateKey);
    let sign = await publish("0");
    const seen = { good: 0, refused: 0, forged: 0 };
    const ask = async () => {
      seen.good += 1;
      if ((await verify(await sign())) === null) seen.refused += 1;
      if ((await verify(await forge(`forged-${seen.good}`))) !== null) seen.forged += 1;
    };
    const began = performance.now();
    for (let rotation = 1; rotation <= 5; rotation += 1) {
      const next = await publish(String(rotation));
      const publishedAt = performance.now();
      while (performance.now() - publishedAt < publishFirstMs) await ask();
      sign = next;
      for (let turn = 0; turn < 50; turn += 1) await ask();
      auth.keys.shift();
      for (let turn = 0; turn < 50; turn += 1) await ask();
    }
    expect(seen.good).toBeGreaterThan(500);
    expect(seen).toMatchObject({ refused: 0, forged: 0 });
    // However many unknown keys are named, auth is asked once in each pause (AU-11).
    expect(auth.reads).toBeLessThanOrEqual((performance.now() - began) / cooldownMs + 2);
  });

  // Reliability AU-11.
  it("when ten thousand unknown keys are named, then auth is asked once in thirty seconds for all of them", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { auth, publish } = await startAuth();
    const sign = await publish("0");
    const verify = verifierOf(auth.url);
    expect(await verify(await sign())).not.toBeNull();
    const [, body, signature] = (await sign()).split(".");
    const flood = async () => {
      const forged = Array.from({ length: 10_000 }, () => {
        const head = { alg: "EdDSA", typ: "at+jwt", kid: crypto.randomUUID() };
        return `${Buffer.from(JSON.stringify(head)).toString("base64url")}.${body}.${signature}`;
      });
      const answers = await Promise.all(forged.map((token) => verify(token)));
      expect(answers.every((answer) => answer === null)).toBe(true);
    };
    await flood();
    expect(auth.reads).toBe(1);
    vi.setSystemTime(Date.now() + 30_001);
    await flood();
    expect(auth.reads).toBe(2);
  });

  // Reliability AU-12.
  it("when auth is away for a quarter of an hour, then every good token is accepted all the time", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval"] });
    const { auth, server, publish } = await startAuth();
    const sign = await publish("0");
    const verify = verifierOf(auth.url);
    const old = await sign({ exp: nowS() + 1_200 });
    expect(await verify(old)).not.toBeNull();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    for (let minute = 1; minute <= 15; minute += 1) {
      // The quiet refresh of every five minutes fails meanwhile, and takes nothing away.
      vi.advanceTimersByTime(60_000);
      expect(await verify(await sign()), `minute ${minute}`).not.toBeNull();
      expect(await verify(old), `minute ${minute}`).not.toBeNull();
    }
  });

  it("when auth is away, then good tokens are good still, new ones too; who never had a key says 'not now'", async () => {
    const { auth, server, publish } = await startAuth();
    const sign = await publish("0");
    const verify = verifierOf(auth.url);
    expect(await verify(await sign())).not.toBeNull();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    for (let turn = 0; turn < 100; turn += 1) expect(await verify(await sign())).not.toBeNull();
    await expect(verifierOf(auth.url)(await sign())).rejects.toBeInstanceOf(UncheckableTokenError);
  });

  it("when a claim stands in a token twice, then it is no token", async () => {
    const { publicKey, privateKey } = await generateKeyPair("EdDSA");
    const { auth } = await startAuth();
    auth.keys.push({ ...(await exportJWK(publicKey)), kid: "0", alg: "EdDSA" });
    const verify = verifierOf(auth.url);
    const sign = (text: string) =>
      new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "0" })
        .sign(privateKey);
    const once = JSON.stringify(claims());
    expect(await verify(await sign(once))).not.toBeNull();
    expect(await verify(await sign(once.replace("{", '{"role":"admin",')))).toBeNull();
    expect(await verify(await sign(once.replace("{", '{"r\\u006fle":"admin",')))).toBeNull();
  });
});

describe("headers that say who somebody is", () => {
  // Reliability AU-27: only a token says it.
  it("when a client sends them, then they count for nothing", async () => {
    const { auth, publish } = await startAuth();
    const sign = await publish("0");
    const log = createTestLog("sample").log;
    const words = { name: "order", title: "Order", description: "A service for tests", version: "1.0.0" };
    const { app } = await buildService({ ...words, log, verifyToken: verifierOf(auth.url), readiness: [] });
    onTestFinished(() => app.close());
    app.get("/mine", { config: { access: ["customer", "admin"] } }, async ({ caller }) => ({
      id: caller?.id,
      role: caller?.role,
    }));
    app.get("/admin", { config: { access: ["admin"] } }, async () => ({}));
    const claimed = {
      ...{ "x-user-id": "root", "x-user-role": "admin", "x-role": "admin", "x-forwarded-user": "root" },
      ...{ "x-auth-subject": "root", "x-auth-role": "admin", "remote-user": "root", "x-remote-user": "root" },
    };
    expect((await app.inject({ url: "/mine", headers: claimed })).statusCode).toBe(401);
    const headers = { ...claimed, authorization: `Bearer ${await sign()}` };
    expect((await app.inject({ url: "/mine", headers })).json()).toEqual({ id: "somebody", role: "customer" });
    expect((await app.inject({ url: "/admin", headers })).statusCode).toBe(403);
  });
});
