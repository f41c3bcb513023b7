import { createTestLog } from "@comanda/testing";
import { createTestIssuer, type TestIssuer } from "@comanda/testing/tokens";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildService, callerOf, ENROLMENT_ACR, IdParams, Line, type Service, STAFF } from "../src/index.ts";

const { log, lines } = createTestLog("sample", "info");
let issuer: TestIssuer;
let service: Service;
let databaseIsAway = false;

beforeAll(async () => {
  issuer = await createTestIssuer();
  service = await buildService({
    name: "sample",
    title: "Sample",
    description: "A service for tests",
    version: "1.0.0",
    log,
    verifyToken: issuer.verifier("order"),
    readiness: [
      {
        name: "database",
        check: async () => {
          if (databaseIsAway) throw new Error("connection refused");
        },
      },
    ],
  });
  const { app } = service;
  const body = Type.Object({ name: Line({ max: 10 }), quantity: Type.Optional(Type.Integer({ minimum: 1 })) });
  app.post("/things", { config: { access: STAFF }, schema: { body } }, async (request) => {
    request.log.info({ cpf: "529.982.247-25", note: "52998224725 wrote from ana@example.com" }, "made");
    return { by: callerOf(request).id, name: request.body.name };
  });
  app.get("/things/:id", { config: { access: "public" }, schema: { params: IdParams } }, async (request) => ({
    id: request.params.id,
    seen: request.caller?.role ?? "nobody",
  }));
  app.get("/menu", { config: { access: "public" } }, async (_request, reply) => {
    reply.header("cache-control", "public, max-age=60");
    return {};
  });
  app.get("/enrol", { config: { access: STAFF, allowsEnrolment: true } }, async (request) => ({
    by: callerOf(request).id,
  }));
  app.get("/broken", { config: { access: "tokenless" } }, async () => {
    throw new Error("select * from secrets");
  });
  await app.ready();
});

afterAll(() => service.app.close());

const asAdmin = async () => ({ authorization: `Bearer ${await issuer.token({ role: "admin" })}` });

describe("input", () => {
  it("when a body is good, then it reaches its route, with or without a trailing slash", async () => {
    for (const url of ["/things", "/things/"]) {
      const answer = await service.app.inject({
        method: "POST",
        url,
        headers: await asAdmin(),
        payload: { name: "Ana", quantity: 1 },
      });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ name: "Ana" });
    }
  });

  it.each([
    ["malformed JSON", '{"name":', "application/json", 400, "malformed-json"],
    ["an empty body", "", "application/json", 400, "malformed-json"],
    ["a prototype in JSON", '{"__proto__":{"admin":true}}', "application/json", 400, "malformed-json"],
    ["plain text", "name=Ana", "text/plain", 415, "unsupported-media-type"],
    ["an unknown field", '{"name":"Ana","is_admin":true}', "application/json", 422, "validation-failed"],
    ["text for a number", '{"name":"Ana","quantity":"2"}', "application/json", 422, "validation-failed"],
    ["a control character", '{"name":"a\\u0000b"}', "application/json", 422, "validation-failed"],
    ["a lone surrogate", '{"name":"\\ud800"}', "application/json", 422, "validation-failed"],
    ["only spaces", '{"name":"   "}', "application/json", 422, "validation-failed"],
    ["a list", "[]", "application/json", 422, "validation-failed"],
    ["too much", JSON.stringify({ name: "a".repeat(70_000) }), "application/json", 413, "body-too-large"],
  ])("when the body is %s, then the answer says so", async (_what, payload, type, status, code) => {
    const answer = await service.app.inject({
      method: "POST",
      url: "/things",
      headers: { ...(await asAdmin()), "content-type": type },
      payload,
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json()).toMatchObject({ code, status, type: `urn:comanda:problem:${code}`, instance: "/things" });
  });

  it("when several fields are wrong, then all are listed, in the language asked for", async () => {
    const answer = await service.app.inject({
      method: "POST",
      url: "/things",
      headers: { ...(await asAdmin()), "accept-language": "en-US,en;q=0.9,pt;q=0.1" },
      payload: { quantity: 0, extra: 1 },
    });
    const paths = answer.json().errors.map((fault: { path: string }) => fault.path);
    expect(paths.sort()).toEqual(["/extra", "/name", "/quantity"]);
    expect(answer.json().title).toBe("Invalid data");
  });

  it("when an id in the path cannot be an id, then nothing is found", async () => {
    const answer = await service.app.inject({ url: "/things/not-a-uuid" });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: "not-found", title: "Não encontrado" });
  });

  it("when the method is wrong, then the right ones are named", async () => {
    const answer = await service.app.inject({ method: "DELETE", url: "/things" });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe("POST");
  });
});

describe("access", () => {
  it("when no token comes, then 401 without an error code", async () => {
    const answer = await service.app.inject({ method: "POST", url: "/things", payload: { name: "Ana" } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
  });

  it("when the role is another, then 403", async () => {
    const authorization = `Bearer ${await issuer.token({ role: "customer", level: "anonymous" })}`;
    const answer = await service.app.inject({
      method: "POST",
      url: "/things",
      headers: { authorization },
      payload: { name: "Ana" },
    });
    expect(answer.statusCode).toBe(403);
  });

  it.each([
    ["expired", { expiresInSeconds: -61 }],
    ["not yet valid", { notBefore: new Date(Date.now() + 3_600_000) }],
    ["issued in the future", { issuedAt: new Date(Date.now() + 3_600_000), notBefore: new Date() }],
    ["living too long", { expiresInSeconds: 864_000 }],
    ["for another audience", { audience: "payment" }],
    ["from another issuer", { issuer: "http://auth.test/" }],
    ["of another type", { type: "JWT" }],
  ])("when a token is %s, then 401, on public routes too", async (_what, difference) => {
    const authorization = `Bearer ${await issuer.token({ role: "admin", ...difference })}`;
    for (const url of ["/things", "/things/01940000-0000-7000-8000-000000000000"]) {
      const method = url === "/things" ? "POST" : "GET";
      const answer = await service.app.inject({ method, url, headers: { authorization } });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
    }
  });

  it("when a token was altered or signed by a stranger, then 401", async () => {
    const stranger = await createTestIssuer(issuer.issuer);
    const good = await issuer.token({ role: "admin" });
    const [head, , tail] = good.split(".");
    const forged = Buffer.from(JSON.stringify({ role: "admin" })).toString("base64url");
    for (const token of [await stranger.token({ role: "admin" }), `${head}.${forged}.${tail}`, `${head}.${forged}.`]) {
      const answer = await service.app.inject({
        method: "POST",
        url: "/things",
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.statusCode).toBe(401);
    }
  });

  it("when a remembered token is used again, then its caller is the same", async () => {
    const headers = await asAdmin();
    const call = () => service.app.inject({ method: "POST", url: "/things", headers, payload: { name: "Ana" } });
    const first = await call();
    expect((await call()).json()).toEqual(first.json());
  });

  it("when a route forgets to say who may call it, then the service does not start", () => {
    expect(() => service.app.get("/forgotten", async () => "")).toThrow();
  });
});

describe("staff who have yet to set up their second factor", () => {
  const asEnrolling = async () => ({
    authorization: `Bearer ${await issuer.token({ role: "admin", acr: ENROLMENT_ACR })}`,
  });

  it("when they ask for anything else, then 401 says what is missing (RFC 9470), on public routes too", async () => {
    const id = "01940000-0000-7000-8000-000000000000";
    for (const [method, url] of [
      ["POST", "/things"],
      ["GET", `/things/${id}`],
    ] as const) {
      const answer = await service.app.inject({ method, url, headers: await asEnrolling() });
      expect(answer.statusCode, url).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe(
        'Bearer error="insufficient_user_authentication", acr_values="mfa"',
      );
      expect(answer.json().code).toBe("second-factor-needed");
    }
  });

  it("when a route is there for that, then they may call it; and a tokenless one looks at no token", async () => {
    expect((await service.app.inject({ url: "/enrol", headers: await asEnrolling() })).statusCode).toBe(200);
    expect((await service.app.inject({ url: "/health", headers: await asEnrolling() })).statusCode).toBe(200);
  });
});

describe("what leaks", () => {
  it("when a route breaks, then the client learns an id and nothing else", async () => {
    const answer = await service.app.inject({ url: "/broken", headers: { "x-request-id": "request-0001" } });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("secrets");
    expect(answer.json().request_id).toBe("request-0001");
    expect(answer.headers["x-request-id"]).toBe("request-0001");
    expect(lines.join("")).toContain("select * from secrets");
  });

  it("when a line is logged, then CPF, e-mail and tokens are not in it", async () => {
    const headers = await asAdmin();
    await service.app.inject({ method: "POST", url: "/things", headers, payload: { name: "Ana" } });
    const text = lines.join("");
    expect(text).toContain("wrote from");
    for (const secret of ["529.982.247-25", "52998224725", "ana@example.com", headers.authorization.slice(7)]) {
      expect(text).not.toContain(secret);
    }
    for (const line of text.trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  });

  it("when a route says nothing of caches, then none keeps the answer; a route that says so may be kept", async () => {
    const [thing, menu] = ["/things/01900000-0000-7000-8000-000000000000", "/menu"];
    for (const [url, kept] of [
      [thing, "no-store"],
      ["/health", "no-store"],
      ["/nothing", "no-store"],
      [menu, "public, max-age=60"],
    ]) {
      expect((await service.app.inject(url ?? "")).headers["cache-control"]).toBe(kept);
    }
  });

  it("when any page is answered, then it carries the security headers", async () => {
    const answer = await service.app.inject({ url: "/health" });
    expect(answer.headers["content-security-policy"]).toBe("default-src 'none';frame-ancestors 'none'");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("operations", () => {
  it("when a dependency is away, then the service lives but is not ready", async () => {
    expect((await service.app.inject({ url: "/ready" })).statusCode).toBe(200);
    databaseIsAway = true;
    const before = lines.length;
    const answer = await service.app.inject({ url: "/ready" });
    databaseIsAway = false;
    // Who asks is told; the service has not failed.
    expect(lines.slice(before).join("")).not.toContain('"level":"error"');
    expect(answer.statusCode).toBe(503);
    expect(answer.json().dependencies).toEqual({ database: "down" });
    expect((await service.app.inject({ url: "/health" })).json()).toEqual({ status: "ok" });
  });

  it("when metrics are read, then they speak of routes, not of ids", async () => {
    await service.app.inject({ url: "/things/01940000-0000-7000-8000-000000000000" });
    const text = (await service.app.inject({ url: "/metrics" })).body;
    expect(text).toContain('route="/things/:id"');
    expect(text).not.toContain("01940000-");
  });

  it("when requests were answered, then each is in one bucket of its route, method and class of status, and in the sum", async () => {
    const enrol = async (headers: Record<string, string>) => service.app.inject({ url: "/enrol", headers });
    for (let turn = 0; turn < 3; turn += 1) await enrol(await asAdmin());
    await enrol({});
    const text = (await service.app.inject({ url: "/metrics" })).body;
    const figure = (name: string, labels: string) =>
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`http_server_request_duration_seconds_${name}{${labels}`))
          ?.split(" ")[1],
      );
    const good = 'method="GET",route="/enrol",status="2xx"';
    expect(figure("count", good)).toBeGreaterThanOrEqual(3);
    expect(figure("bucket", `${good},le="+Inf"`)).toBe(figure("count", good));
    expect(figure("sum", good)).toBeGreaterThan(0);
    expect(figure("count", 'method="GET",route="/enrol",status="4xx"')).toBeGreaterThanOrEqual(1);
    expect(text).toContain("# TYPE http_server_request_duration_seconds histogram");
  });

  it("when a request is refused, then its status is counted, and its time by the class of it", async () => {
    await service.app.inject({ url: "/things/not-a-uuid" });
    await service.app.inject({ method: "PROPFIND" as "GET", url: "/things" });
    const text = (await service.app.inject({ url: "/metrics" })).body;
    expect(text).toMatch(
      /^http_server_refused_requests_total\{method="GET",route="\/things\/:id",status="404"\} [1-9]/m,
    );
    expect(text).toContain('_count{method="GET",route="/things/:id",status="4xx"}');
    expect(text).toContain('method="_OTHER"');
    expect(text).not.toContain("PROPFIND");
  });

  it("when documents are asked for, then they are OpenAPI 3.1 and a page without foreign addresses", async () => {
    const document = (await service.app.inject({ url: "/openapi.json" })).json();
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.info).sort()).toEqual(["description", "license", "title", "version"]);
    expect((await service.app.inject({ url: "/docs/yaml" })).statusCode).toBe(200);
    expect(Object.keys(document.paths)).toContain("/things/{id}");
    const page = await service.app.inject({ url: "/docs" });
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/(src|href)="https?:/);
  });
});
