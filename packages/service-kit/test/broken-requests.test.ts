import { connect } from "node:net";
import { createTestLog } from "@comanda/testing";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildService, Line, type Service } from "../src/index.ts";

let service: Service;
let port: number;

beforeAll(async () => {
  service = await buildService({
    name: "sample",
    title: "Sample",
    description: "A service for tests",
    version: "1.0.0",
    log: createTestLog("sample").log,
    verifyToken: null,
    readiness: [],
  });
  const body = Type.Object({ name: Line({ max: 10 }), kind: Type.Optional(Type.Enum(["a", "b"])) });
  service.app.post("/things", { config: { access: "tokenless" }, schema: { body } }, async (request) => request.body);
  service.app.get("/things/:id", { config: { access: "tokenless" } }, async () => ({}));
  service.app.post("/things/made", { config: { access: "tokenless" } }, async () => ({}));
  port = Number(new URL(await service.app.listen({ host: "127.0.0.1", port: 0 })).port);
});

afterAll(() => service.app.close());

const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  service.app.inject({
    method: "POST",
    url: "/things",
    headers: { "content-type": "application/json", ...headers },
    payload,
  });

/** Sends bytes and reads until the other side hangs up. */
function speak(bytes: string): Promise<{ readonly status: number; readonly head: string; readonly body: string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const [head = "", body = ""] = text.split("\r\n\r\n");
      resolve({ status: Number(head.split(" ")[1]), head, body });
    });
  });
}

describe("a body that can be read in two ways", () => {
  it.each([
    ["a field twice", '{"name":"Ana","name":"Bia"}'],
    ["a byte order mark", '\ufeff{"name":"Ana"}'],
    ["bytes that are no UTF-8", Buffer.from([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('"}')])],
  ])("when it holds %s, then 400", async (_what, payload) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().code).toBe("malformed-json");
  });

  it.each([
    ["another charset", { "content-type": "application/json; charset=utf-16" }],
    ["another charset in quotes", { "content-type": 'application/json;Charset="iso-8859-1"' }],
    ["a coding", { "content-encoding": "gzip" }],
  ])("when it claims %s, then 415", async (_what, headers) => {
    const answer = await post('{"name":"Ana"}', headers);
    expect(answer.statusCode).toBe(415);
    expect(answer.json().code).toBe("unsupported-media-type");
  });

  it.each([
    ["utf-8", { "content-type": "application/json; charset=utf-8" }],
    ["UTF-8 in quotes", { "content-type": 'application/json; charset="UTF-8"' }],
    ["no coding", { "content-encoding": "identity" }],
  ])("when it says %s, then it is taken", async (_what, headers) => {
    expect((await post('{"name":"Ana"}', headers)).json()).toEqual({ name: "Ana" });
  });
});

describe("the words for a wrong field", () => {
  it("when nothing is asked for, then they are Portuguese and show no pattern", async () => {
    const { errors } = (await post('{"name":"a\\u0000","kind":"c","more":1}')).json();
    expect(errors).toContainEqual({ path: "/more", message: "não é um campo conhecido aqui" });
    expect(errors).toContainEqual({ path: "/kind", message: "deve ser um destes: a, b" });
    expect(errors).toContainEqual({
      path: "/name",
      message: "está em um formato ou tem caracteres que não são aceitos",
    });
  });

  it("when English is asked for, then they are English", async () => {
    const { errors } = (await post("{}", { "accept-language": "en" })).json();
    expect(errors).toEqual([{ path: "/name", message: "is required" }]);
  });
});

describe("a request that reaches no route", () => {
  it.each([
    ["cannot be decoded", "/things/%zz", 400, "malformed-request"],
    ["is too long", `/things/${"x".repeat(500)}`, 414, "uri-too-long"],
  ])("when its address %s, then a problem says so", async (_what, url, status, code) => {
    const answer = await service.app.inject({ url, headers: { "accept-language": "en" } });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json()).toMatchObject({ code, status, request_id: answer.headers["x-request-id"] });
  });

  it.each([
    ["is no HTTP", "\u0016\u0003\u0001 hello\r\n\r\n", 400, "malformed-request"],
    [
      "has two lengths",
      "POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      400,
      "malformed-request",
    ],
    [
      "has huge headers",
      `GET /health HTTP/1.1\r\nHost: x\r\nX-A: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "headers-too-large",
    ],
  ])("when it %s, then a problem says so and the connection ends", async (_what, bytes, status, code) => {
    const answer = await speak(bytes);
    expect(answer.status).toBe(status);
    expect(answer.head).toContain("application/problem+json");
    expect(JSON.parse(answer.body)).toMatchObject({ code, status });
  });

  it("when its body stays away, then it is cut off with 408 within 12 s", { timeout: 20_000 }, async () => {
    const began = performance.now();
    const head = "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{";
    const answer = await speak(head);
    expect(answer.status).toBe(408);
    expect(performance.now() - began).toBeLessThan(12_000);
  });
});

describe("a path that is written out beside one that holds an id", () => {
  it("when it is asked with the other's method, then it is the wrong method and no id", async () => {
    for (const url of ["/things/made", "/things/made/", "/things/made?a=1"]) {
      const answer = await service.app.inject({ method: "GET", url });
      expect([answer.statusCode, answer.headers.allow]).toEqual([405, "POST"]);
    }
    const put = await service.app.inject({ method: "PUT", url: "/things/made" });
    expect([put.statusCode, put.headers.allow]).toEqual([405, "POST"]);
    expect((await service.app.inject({ url: "/things/unmade" })).statusCode).toBe(200);
  });

  it("when an address is refused before any route is known, then the answer is as guarded as all others", async () => {
    const answer = await service.app.inject({ url: `/things/${"x".repeat(200)}` });
    expect(answer.statusCode).toBe(414);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  });
});
