import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { createTestDatabase, freePort, type TestDatabase } from "@comanda/testing";
import { end, run, type Started, untilReady } from "@comanda/testing/system";
import { createTestIssuer, type TestIssuer } from "@comanda/testing/tokens";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What the services poll auth for, by the clock and not by request. */
const POLLED_EVERY_S = 2;

let issuer: TestIssuer;
let auth: Awaited<ReturnType<typeof startStandIn>>;
const services: { readonly started: Started; readonly database: TestDatabase }[] = [];
const pages: string[] = [];

beforeAll(async () => {
  issuer = await createTestIssuer("http://auth.test");
  auth = await startStandIn(issuer);
  const secret = "a-secret-of-thirty-two-characters";
  await startService("order", "/orders", { ORDER_CLIENT_SECRET: secret });
  await startService("payment", "/payments/", {
    PAYMENT_CLIENT_SECRET: secret,
    // Nobody asks for money here.
    MERCADOPAGO_BASE_URL: "http://127.0.0.1:9",
    MERCADOPAGO_ACCESS_TOKEN: "TEST-0000000000",
    MERCADOPAGO_WEBHOOK_SECRET: "webhook-secret",
  });
});

afterAll(async () => {
  for (const { started, database } of services) {
    await end(started.child);
    await database.drop();
  }
  await auth.stop();
});

/** Auth as the services see it: keys, a token for the service, a list of revocations; and how often each was asked for. */
async function startStandIn({ jwks, token }: TestIssuer) {
  const asked = new Map<string, number>();
  const answers: Record<string, () => unknown> = {
    "/.well-known/jwks.json": () => jwks,
    "/token": async () => ({ access_token: await token({ role: "service" }), expires_in: 3_600, token_type: "bearer" }),
    "/revocations": () => ({ version: "1", tokens: [], subjects: [], keys: jwks.keys.map(({ kid }) => kid) }),
  };
  const server: Server = createServer(async (request, response) => {
    const path = request.url ?? "";
    asked.set(path, (asked.get(path) ?? 0) + 1);
    response.setHeader("content-type", "application/json").end(JSON.stringify((await answers[path]?.()) ?? {}));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}

async function startService(name: "order" | "payment", page: string, settings: Readonly<Record<string, string>>) {
  const migrations = fileURLToPath(new URL(`../services/${name}/migrations`, import.meta.url));
  const database = await createTestDatabase({ migrations });
  const port = await freePort();
  const started = run(`services/${name}/src/main.ts`, {
    ...{ AUTH_URL: auth.url, AUTH_ISSUER: issuer.issuer, LOG_LEVEL: "warn" },
    ...{ [`${name.toUpperCase()}_PORT`]: String(port), [`${name.toUpperCase()}_DATABASE_URL`]: database.url },
    ...settings,
  });
  services.push({ started, database });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(started, [url]);
  pages.push(`${url}${page}`);
}

/** Guests who each ask both services twice, and what they were answered. */
async function visit(guests: number): Promise<number[]> {
  const tokens = await Promise.all(
    Array.from({ length: guests }, () => issuer.token({ role: "customer", level: "anonymous" })),
  );
  const statuses: number[] = [];
  for (const token of [...tokens, ...tokens]) {
    for (const page of pages) {
      const answer = await fetch(page, { headers: { authorization: `Bearer ${token}` } });
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
  }
  return statuses;
}

describe("tokens at order and payment", () => {
  it("when guests by the hundred ask, each with a token of their own, then nobody asks auth about any of them", async () => {
    await visit(1);
    const before = new Map(auth.asked);
    const began = performance.now();
    const statuses = await visit(100);
    expect(statuses).toEqual(Array.from({ length: 400 }, () => 200));
    const polls = (performance.now() - began) / 1_000 / POLLED_EVERY_S + 1;
    for (const [path, times] of auth.asked) {
      const more = times - (before.get(path) ?? 0);
      expect(more, path).toBeLessThanOrEqual(path === "/revocations" ? services.length * polls : 0);
    }
    expect([...auth.asked.keys()].sort()).toEqual(["/.well-known/jwks.json", "/revocations", "/token"]);
  });

  it("when auth is gone, then tokens seen before and tokens never seen are accepted as ever", async () => {
    await auth.stop();
    expect(await visit(20)).toEqual(Array.from({ length: 80 }, () => 200));
    for (const page of pages) {
      const figures = await (await fetch(new URL("/metrics", page))).text();
      expect(Number(/^token_revocations_age_seconds ([\d.e-]+)$/m.exec(figures)?.[1])).toBeGreaterThan(0);
    }
    const answer = await fetch(pages[0] ?? "", { headers: { authorization: "Bearer ey.is.none" } });
    await answer.arrayBuffer();
    expect(answer.status).toBe(401);
  });
});
