import diagnostics from "node:diagnostics_channel";
import type { App } from "@comanda/service-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { catalogueMatrix } from "./matrix/catalogue.ts";
import { CALLERS, type CallerName, type MatrixRow, UNKNOWN_ID } from "./matrix/matrix-row.ts";
import { ordersMatrix } from "./matrix/orders.ts";
import { listen } from "./streams.ts";

const MATRIX = [...catalogueMatrix, ...ordersMatrix];

let harness: Harness;
let address: string;
const routes = new Set<string>();

beforeAll(async () => {
  const noteRoutes = (message: unknown) => {
    const { fastify } = message as { fastify: App }; // what Fastify documents for this channel
    fastify.addHook("onRoute", ({ method, url }) => {
      for (const each of [method].flat()) if (each !== "HEAD" && !url.startsWith("/docs")) routes.add(`${each} ${url}`);
    });
  };
  diagnostics.subscribe("fastify.initialization", noteRoutes);
  harness = await startHarness();
  diagnostics.unsubscribe("fastify.initialization", noteRoutes);
  address = await listen(harness.service);
});
afterAll(() => harness.close());

/** Over a real connection, since a stream never ends. */
async function ask(row: MatrixRow, headers: Record<string, string>): Promise<Response> {
  const [method = "", pattern = ""] = row.route.split(" ");
  const { contentType = "application/json", body } = row;
  const response = await fetch(`${address}${pattern.replace(/:\w+/g, UNKNOWN_ID)}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": contentType }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
  return response;
}

describe("the authorization matrix", () => {
  it("when the service is built, then every route has its row, and every row its route", () => {
    expect([...new Set(MATRIX.map(({ route }) => route))].sort()).toEqual([...routes].sort());
  });

  const cells = MATRIX.flatMap((row) => (Object.keys(CALLERS) as CallerName[]).map((caller) => ({ row, caller }))); // its keys
  it.each(cells)("when $caller calls $row.route, then the table decides", async ({ row, caller }) => {
    const token = CALLERS[caller];
    const response = await ask(row, token === null ? {} : await harness.as(token));
    expect(response.status).toBe(row.expect[caller]);
    if (response.status === 401) expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });

  // A token that is bad must never count as no token: the reader would be told what nobody may see, or worse.
  it.each(MATRIX.filter(({ isTokenless }) => isTokenless !== true))(
    "when a bad token comes with $route, then 401",
    async (row) => {
      for (const authorization of [
        "Bearer a.b.c",
        "Basic YTpi",
        (await harness.as({ role: "admin", expiresInSeconds: -61 })).authorization,
        (await harness.as({ role: "admin", audience: "payment" })).authorization,
      ]) {
        const response = await ask(row, { authorization });
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
      }
    },
  );
});
