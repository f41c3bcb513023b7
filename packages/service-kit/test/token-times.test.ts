import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fixedClock } from "@comanda/testing";
import { type CryptoKey, createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createTokenVerifier, remoteKeys } from "../src/index.ts";

const ISSUER = "http://auth.test";
const clock = fixedClock("2026-11-28T12:00:00.000Z");
const nowS = clock.now().getTime() / 1000;

let privateKey: CryptoKey;
let jwks: { keys: Record<string, unknown>[] };
beforeAll(async () => {
  const pair = await generateKeyPair("EdDSA", { extractable: true });
  ({ privateKey } = pair);
  jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "0", alg: "EdDSA", use: "sig" }] };
});
afterEach(() => {
  vi.useRealTimers();
});

const good = {
  ...{ iss: ISSUER, aud: ["order"], sub: "somebody", jti: "a-session", client_id: "web" },
  ...{ iat: nowS, nbf: nowS, exp: nowS + 300, role: "customer", level: "anonymous" },
};
type Claims = Readonly<Record<string, unknown>>;

function sign(difference: Claims, header: Claims = {}): Promise<string> {
  const claims = Object.entries({ ...good, ...difference }).filter(([, value]) => value !== undefined);
  const full = { alg: "EdDSA", typ: "at+jwt", kid: "0", ...header };
  return new SignJWT(Object.fromEntries(claims)).setProtectedHeader(full).sign(privateKey);
}

async function isGood(token: string): Promise<boolean> {
  const keys = createLocalJWKSet(jwks);
  return (await createTokenVerifier({ issuer: ISSUER, audience: "order", keys, clock })(token)) !== null;
}

// Reliability AU-02; the verifier is the same in all three services.
describe("what a token says", () => {
  it("when it says all there is to say, then it is good", async () => {
    expect(await isGood(await sign({}))).toBe(true);
  });

  it.each(["iss", "aud", "sub", "jti", "client_id", "iat", "exp", "role"])(
    "when it does not say `%s`, or says it in another way, then it is good for nothing",
    async (claim) => {
      for (const value of [undefined, null, "", 1, true, [], {}]) {
        if (claim === "iat" && value === 1) continue; // a time, long ago: its length is looked at below
        expect(await isGood(await sign({ [claim]: value })), JSON.stringify(value)).toBe(false);
      }
    },
  );

  it.each([
    ["the issuer has a slash too much", { iss: `${ISSUER}/` }],
    ["the issuer is written in capitals", { iss: ISSUER.toUpperCase() }],
    ["it is for another service", { aud: "payment" }],
    ["its audience only begins like this one", { aud: ["order-admin"] }],
    ["its role is none of ours", { role: "owner" }],
    ["its level is none of ours", { level: "vip" }],
  ])("when %s, then it is good for nothing", async (_what, difference) => {
    expect(await isGood(await sign(difference))).toBe(false);
  });

  it.each([{ typ: "JWT" }, { typ: undefined }, { typ: "jwt+at" }])(
    "when its header is %j, then as well",
    async (header) => {
      expect(await isGood(await sign({}, header))).toBe(false);
    },
  );
});

// Reliability AU-05.
describe("when a token is good", () => {
  it.each([
    ["issued 59 s ahead of our clock", { iat: nowS + 59, nbf: nowS + 59, exp: nowS + 359 }, true],
    ["issued 61 s ahead of our clock", { iat: nowS + 61, nbf: nowS, exp: nowS + 361 }, false],
    ["to be used in 59 s", { nbf: nowS + 59 }, true],
    ["to be used in 61 s", { nbf: nowS + 61 }, false],
    ["over in a second", { iat: nowS - 299, nbf: nowS - 299, exp: nowS + 1 }, true],
    ["over now", { iat: nowS - 300, nbf: nowS - 300, exp: nowS }, false],
    ["over for 59 s", { iat: nowS - 359, nbf: nowS - 359, exp: nowS - 59 }, false],
    ["to live an hour", { exp: nowS + 3600 }, true],
    ["to live an hour and a second", { exp: nowS + 3601 }, false],
    ["to live for ever", { exp: 1e20 }, false],
    ["of the year 1970", { iat: 1 }, false],
    ["over before it began", { iat: nowS, exp: nowS - 1 }, false],
  ])("when it is %s, then being good is %s", async (_what, difference, expected) => {
    expect(await isGood(await sign(difference))).toBe(expected);
  });
});

// Reliability AU-12: the keys are remembered, and asked for in vain every five minutes.
describe("with auth away for a quarter of an hour", () => {
  it("when tokens of before and of just now come all the while, then each of them is good", async () => {
    const server = createServer((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify(jwks));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo; // it listens on TCP
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"], now: clock.now() });
    const { keys, stop } = remoteKeys(`http://127.0.0.1:${port}`);
    const verify = createTokenVerifier({ issuer: ISSUER, audience: "order", keys, clock: { now: () => new Date() } });
    const old = await sign({ exp: nowS + 3600 });
    expect(await verify(old)).not.toBeNull();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    let refused = 0;
    for (let minute = 1; minute <= 15; minute += 1) {
      await vi.advanceTimersByTimeAsync(60_000);
      const at = Math.floor(Date.now() / 1000);
      for (let count = 0; count < 20; count += 1) {
        const fresh = await sign({ jti: `${minute}-${count}`, iat: at, nbf: at, exp: at + 300 });
        for (const token of [old, fresh]) if ((await verify(token)) === null) refused += 1;
      }
    }
    stop();
    expect(refused).toBe(0);
  });
});
