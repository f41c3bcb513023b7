import { newId } from "@comanda/primitives";
import { createTestIssuer } from "@comanda/testing/tokens";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false });
});
afterAll(() => harness.close());

const ID = "01900000-0000-7000-8000-000000000000";
const ALL = ["customer", "device", "kitchen", "cashier", "manager", "admin", "service"] as const;
type Someone = (typeof ALL)[number];

/** Who may call what (api.md). `device` is a panel here: no device works with money. */
const GRANTS: readonly (readonly [method: "GET" | "POST", path: string, granted: readonly Someone[]])[] = [
  ["POST", "/payments/", ["service"]],
  ["GET", "/payments/", ["customer", "kitchen", "cashier", "manager", "admin", "service"]],
  ["GET", "/payments/:id", ["customer", "kitchen", "cashier", "manager", "admin", "service"]],
  ["GET", "/payments/:id/transactions", ["kitchen", "cashier", "manager", "admin"]],
  ["POST", "/payments/:id/cancel", ["admin", "service"]],
  ["POST", "/payments/:id/refunds", ["admin", "service"]],
  ["POST", "/payments/:id/refunds/:refund_id/retry", ["admin"]],
  ["POST", "/payments/:id/receive", ["cashier", "manager", "admin"]],
  ["POST", "/events", ["service"]],
  ["GET", "/events/parked", ["admin"]],
  ["POST", "/events/parked/:id/retry", ["admin"]],
];
const OPEN = ["/payments/webhook", "/health", "/ready", "/metrics", "/openapi.json"];

const cells = GRANTS.flatMap(([method, path, granted]) =>
  ALL.map((role) => ({ method, path, role, isGranted: granted.includes(role) })),
);

async function call(method: "GET" | "POST", path: string, authorization?: string) {
  return harness.service.app.inject({
    method,
    url: path.replace(":id", ID).replace(":refund_id", ID),
    headers: {
      ...(method === "POST" ? { "content-type": "application/json" } : {}),
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...(method === "POST" ? { payload: "{}" } : {}),
  });
}

describe("who may call what", () => {
  it.each(cells)(
    "when $role calls $method $path, then granted is $isGranted",
    async ({ method, path, role, isGranted }) => {
      const kind = role === "device" ? { kind: "panel" as const } : {};
      const level = role === "customer" ? { level: "registered" as const } : {};
      const token = await harness.issuer.token({ role, ...kind, ...level });
      const { statusCode } = await call(method, path, `Bearer ${token}`);
      if (isGranted) expect([401, 403]).not.toContain(statusCode);
      else expect(statusCode).toBe(403);
    },
  );

  it.each(GRANTS)("when nobody calls %s %s, then 401 with a challenge", async (method, path) => {
    const answer = await call(method, path);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
  });

  it.each(GRANTS)("when a token of another house calls %s %s, then 401", async (method, path) => {
    const foreign = await createTestIssuer();
    const { statusCode } = await call(method, path, `Bearer ${await foreign.token({ role: "admin" })}`);
    expect(statusCode).toBe(401);
  });

  it("when a token is for another service, then 401", async () => {
    const token = await harness.issuer.token({ role: "service", audience: "order", clientId: "payment" });
    expect((await call("POST", "/payments/", `Bearer ${token}`)).statusCode).toBe(401);
  });

  // A route that this table forgets would be guarded by nobody's eyes.
  it("when routes are added, then this table knows them", async () => {
    const document = (await harness.service.app.inject({ url: "/openapi.json" })).json();
    const served = Object.entries(document.paths as Record<string, Record<string, unknown>>).flatMap(
      ([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const known = [
      ...GRANTS.map(([method, path]) => `${method} ${path}`),
      "POST /payments/webhook",
      "GET /health",
      "GET /ready",
    ];
    expect(served.sort()).toEqual(known.sort());
    for (const path of OPEN) {
      const { statusCode } = await harness.service.app.inject({
        url: path,
        method: path.endsWith("webhook") ? "POST" : "GET",
      });
      if (!path.endsWith("webhook")) expect(statusCode).toBe(200);
    }
  });

  it("when routes are documented, then each has its name, its errors and an example of each", async () => {
    const document = (await harness.service.app.inject({ url: "/openapi.json" })).json();
    const operations = Object.values(
      document.paths as Record<string, Record<string, { operationId?: string; responses: object }>>,
    )
      .flatMap((methods) => Object.values(methods))
      .filter(({ operationId }) => operationId !== undefined);
    expect(operations.length).toBe(12);
    for (const operation of operations) expect(Object.keys(operation.responses)).toContain("500");
    expect(document.openapi).toBe("3.1.0");
  });
});

/** What nobody should send, to every route that takes something. */
const NONSENSE: readonly unknown[] = [
  null,
  [],
  {},
  "x",
  1,
  true,
  { amount_cents: -1 },
  { amount_cents: 1.5 },
  { amount_cents: 9e20 },
  { tender: "gold" },
  { tender: "cash", received_cents: "5000" },
  { tender: "cash", received_cents: -1 },
  { order_id: "1" },
  { method: "qr" },
  { reason: "\u0000" },
  { reason: 1 },
  { unknown: true },
  [[[[]]]],
  [{ id: 1 }],
  [null],
];

describe("bad input", () => {
  it.each(GRANTS.filter(([method]) => method === "POST"))(
    "when %s %s gets nonsense, then it is the sender's mistake",
    async (method, path, granted) => {
      const role = granted[0] ?? "admin";
      const charge = await harness.request({ method: "counter", id: newId(), order_id: newId() });
      for (const body of NONSENSE) {
        for (const type of ["application/json", "application/cloudevents-batch+json", "text/plain"]) {
          const answer = await harness.service.app.inject({
            method,
            url: path.replace(":id", charge.id).replace(":refund_id", ID),
            headers: { authorization: await harness.bearer(role), "content-type": type },
            payload: JSON.stringify(body),
          });
          expect(answer.statusCode).toBeLessThan(500);
        }
      }
      for (const payload of ['{"', "", '{"__proto__":{}}', "\u0000"]) {
        const answer = await harness.service.app.inject({
          method,
          url: path.replace(":id", charge.id).replace(":refund_id", ID),
          headers: { authorization: await harness.bearer(role), "content-type": "application/json" },
          payload,
        });
        expect(answer.statusCode).toBeLessThan(500);
      }
    },
  );

  it("when the charge asked for is wrong in many ways, then every way is listed, in both languages", async () => {
    const body = {
      order_id: "1",
      attempt: 0,
      amount_cents: 0,
      method: "gold",
      description: " ",
      items: [{}],
      extra: 1,
    };
    const portuguese = await harness.call("POST", "/payments/", { as: "service", body });
    expect(portuguese.json()).toMatchObject({ status: 422, title: "Dados inválidos" });
    const paths = portuguese.json().errors.map(({ path }: { path: string }) => path);
    for (const path of ["/order_id", "/attempt", "/amount_cents", "/method", "/description", "/extra"]) {
      expect(paths).toContain(path);
    }
    const english = await harness.call("POST", "/payments/", {
      as: "service",
      body,
      headers: { "accept-language": "en" },
    });
    expect(english.json().title).toBe("Invalid data");
  });
});

describe("readiness", () => {
  it("when the database answers, then ready; and the figures are there", async () => {
    expect((await harness.service.app.inject({ url: "/ready" })).json()).toMatchObject({ status: "ready" });
    const figures = (await harness.service.app.inject({ url: "/metrics" })).body;
    for (const name of ["payment_charges_waiting", "payment_notices_waiting", "payment_oldest_unsent_event_seconds"]) {
      expect(figures).toContain(name);
    }
  });
});
