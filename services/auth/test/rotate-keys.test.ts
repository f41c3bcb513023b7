import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@comanda/primitives";
import { createTokenVerifier, remoteKeys } from "@comanda/service-kit";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, bearer, ISSUER, post, startAuth, writeKey } from "./harness.ts";

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
