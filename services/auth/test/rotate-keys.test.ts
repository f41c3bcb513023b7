import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@comanda/primitives";
import { createTokenChecks, createTokenVerifier, remoteKeys } from "@comanda/service-kit";
import { waitFor } from "@comanda/testing";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, bearer, ISSUER, post, settings, startAuth, writeKey } from "./harness.ts";

/** Twenty times as fast as the world. */
const SPEED = 20;
const began = Date.now();
const clock: Clock = { now: () => new Date(began + (Date.now() - began) * SPEED) };

let auth: Auth;
let authUrl: string;
beforeAll(async () => {
  auth = await startAuth({ clock });
  authUrl = await auth.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => auth.close());

/** What order and payment check tokens with; the longest pause between two looks at the keys goes as fast as the clock. */
function startChecking(audience: "order" | "payment") {
  const { keys, stop } = remoteKeys(authUrl, { cooldownMs: 30_000 / SPEED });
  return { verify: createTokenVerifier({ issuer: ISSUER, audience, keys, clock }), stop };
}

const ROTATIONS = 5;
const REQUESTS = 10_000;
/** A minute of the test's clock. */
const EVERY_MS = 3_000;

// Reliability AU-10.
describe("signing keys that are changed while the shop is open", () => {
  it("when keys rotate during ten thousand requests, then every token is good everywhere, whatever signed it", async () => {
    const services = [startChecking("order"), startChecking("payment")];
    const seen = { requests: 0, refused: 0 };
    const kids = new Set<string>();
    const older: string[] = [];
    const note = (isGood: boolean) => {
      seen.requests += 1;
      if (!isGood) seen.refused += 1;
    };

    async function guest(): Promise<void> {
      const visit = await post(auth, "/customers/anonymous");
      note(visit.statusCode === 201);
      const token = String(visit.json().access_token);
      const { kid = "" } = decodeProtectedHeader(token);
      if (!kids.has(kid)) older.push(token);
      kids.add(kid);
      // Their own token, and the first one of each key before it: within their life all are good.
      for (const each of [token, ...older]) {
        note((await auth.app.inject({ url: "/auth", headers: bearer(each) })).statusCode === 200);
        for (const { verify } of services) note((await verify(each)) !== null);
      }
    }

    async function rotate(): Promise<void> {
      for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
        await writeKey(auth.keysDir, String(rotation + 2).padStart(4, "0"));
        await delay(EVERY_MS);
      }
    }

    let isOver = false;
    const rotating = rotate().then(() => {
      isOver = true;
    });
    while (!isOver || seen.requests < REQUESTS) await Promise.all([guest(), guest(), guest(), guest()]);
    await rotating;
    for (const { stop } of services) stop();
    expect(kids.size).toBe(ROTATIONS + 1);
    expect(seen.requests).toBeGreaterThanOrEqual(REQUESTS);
    expect(seen.refused).toBe(0);
  }, 180_000);
});

// Reliability AU-06: who takes a key away that has leaked wants its tokens gone, remembered ones too.
describe("a signing key that is taken away", () => {
  it("when it goes, then its tokens are refused everywhere within 5 s, and those of the other are good", async () => {
    const own = await startAuth();
    const checks = createTokenChecks({
      authUrl: await own.app.listen({ host: "127.0.0.1", port: 0 }),
      ...{ issuer: ISSUER, service: "order", clientSecret: settings.ORDER_CLIENT_SECRET, log: own.log },
    });
    // Order's own token for auth, with which it asks what was revoked, is of the key that leaves.
    await checks.start();
    await writeKey(own.keysDir, "0002");
    await waitFor(() => own.keys.publicKeys().length === 2);
    const answers = async (token: string) => [
      (await checks.verifyToken(token)) !== null,
      (await own.app.inject({ url: "/auth", headers: bearer(token) })).statusCode === 200,
    ];
    const visit = async () => String((await post(own, "/customers/anonymous")).json().access_token);
    const old = await visit();
    expect(await answers(old)).toEqual([true, true]);
    await rm(join(own.keysDir, "0001.jwk.json"));
    await waitFor(async () => !(await answers(old)).includes(true), { timeoutMs: 5_000 });
    // The other one signs at once, there being no third; order has it already.
    const young = await visit();
    expect(decodeProtectedHeader(young).kid).toBe("0002");
    expect(await answers(young)).toEqual([true, true]);
    checks.stop();
    await own.close();
  });
});
