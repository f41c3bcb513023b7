import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { waitFor } from "@comanda/testing";
import { createTestIssuer } from "@comanda/testing/tokens";
import { decodeJwt } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { buildService, createLogger, createTokenChecks } from "../src/index.ts";

const log = createLogger({ service: "order", level: "silent" });

/** Auth as order sees it: keys, a token for order, the list; what it answers for each is the test's to change. */
async function startAuth() {
  const issuer = await createTestIssuer();
  const serviceToken = { access_token: await issuer.token({ role: "service" }), expires_in: 3_600 };
  const answers = new Map<string, unknown>([
    ["/.well-known/jwks.json", issuer.jwks],
    ["/token", serviceToken],
  ]);
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? "");
    response.writeHead(answer === undefined ? 503 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? {}));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(stop);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  const revoke = (...ids: string[]) => {
    const tokens = ids.map((id) => ({ id, expires_at: new Date(Date.now() + 3_600_000).toISOString() }));
    answers.set("/revocations", { version: ids.join(), tokens, subjects: [] });
  };
  return { issuer, url, answers, revoke, stop };
}

/** A service that checks tokens as order and payment do, and how it answers. */
async function startOrder(auth: Awaited<ReturnType<typeof startAuth>>) {
  const checks = createTokenChecks({
    ...{ authUrl: auth.url, issuer: auth.issuer.issuer, service: "order", clientSecret: "a secret", log, pollMs: 10 },
  });
  const words = { name: "order", title: "Order", description: "A service for tests", version: "1.0.0" };
  const { app } = await buildService({ ...words, log, ...checks });
  app.get("/menu", { config: { access: "public" } }, async () => ({}));
  app.get("/orders", { config: { access: ["customer"] } }, async () => ({}));
  onTestFinished(async () => {
    checks.stop();
    await app.close();
  });
  await checks.start();
  const ask = (url: string, token?: string) =>
    app.inject({ url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  const age = async () => (await checks.figures[0]?.read()) ?? Number.NaN;
  return { ask, age, status: async (url: string, token?: string) => (await ask(url, token)).statusCode };
}

const idOf = (token: string) => String(decodeJwt(token).jti);

// ADR 0032: an empty list would let in whoever was sent away while this service was down.
describe("a service that starts while auth answers its keys, but not what it took back", () => {
  it("when it was never told, then it is not ready and says of no token whether it is good", async () => {
    const auth = await startAuth();
    const { ask, status } = await startOrder(auth);
    const token = await auth.issuer.token({ role: "customer" });
    const readiness = await ask("/ready");
    expect(readiness.statusCode).toBe(503);
    expect(readiness.json().dependencies).toEqual({ "token keys": "ok", revocations: "down" });
    for (let turn = 0; turn < 2; turn += 1) {
      const answer = await ask("/orders", token);
      expect(answer.statusCode).toBe(503);
      expect(answer.json().type).toMatch(/unavailable$/);
      expect(answer.headers["retry-after"]).toBe("2");
    }
    // What needs no token goes on.
    expect([await status("/menu"), await status("/health"), await status("/orders")]).toEqual([200, 200, 401]);
    expect(await status("/orders", "ey.is.none")).toBe(401);
  });

  it("when it is told at last, then it is ready, and a token that it has seen before and was taken back is refused", async () => {
    const auth = await startAuth();
    const { status } = await startOrder(auth);
    const [good, bad] = [await auth.issuer.token({ role: "customer" }), await auth.issuer.token({ role: "customer" })];
    expect([await status("/orders", good), await status("/orders", bad)]).toEqual([503, 503]);
    auth.revoke(idOf(bad));
    await waitFor(async () => (await status("/ready")) === 200);
    expect([await status("/orders", good), await status("/orders", bad)]).toEqual([200, 401]);
  });
});

describe("a service that was told once", () => {
  // Reliability AU-12: from the moment on at which it says that it is ready, before anybody has called.
  it("when auth goes away, then it stays ready, good tokens are good, and what was taken back stays so", async () => {
    const auth = await startAuth();
    const bad = await auth.issuer.token({ role: "customer" });
    auth.revoke(idOf(bad));
    const { status, age } = await startOrder(auth);
    expect(await status("/ready")).toBe(200);
    await waitFor(async () => (await age()) < 0.1);
    auth.stop();
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await status("/orders", await auth.issuer.token({ role: "customer" }))).toBe(200);
      expect(await status("/orders", bad)).toBe(401);
      expect(await status("/ready")).toBe(200);
    }
    // Nobody here hears of whoever is sent away now: that is for people to know.
    await waitFor(async () => (await age()) > 0.3);
  });
});
