import { faultsOfHeaders } from "@comanda/testing/response-headers";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildService, createLogger, houseProblem, readyAnswer, readyRoute, type Service } from "../src/index.ts";

let service: Service;
let url: string;
let finish: () => void = () => undefined;

beforeAll(async () => {
  const log = createLogger({ service: "sample", level: "silent" });
  const words = { name: "sample", title: "Sample", description: "A service for tests", version: "1.0.0" };
  service = await buildService({ ...words, log, verifyToken: null, readiness: [] });
  const schema = { response: { 200: Type.Object({ named: Type.String() }) } };
  const answers = { "/ready-made": "açaí", "/two": "two" };
  for (const [path, named] of Object.entries(answers)) {
    const ready = readyAnswer({ named }, { "x-named": encodeURIComponent(named) });
    readyRoute(service.app, path, { access: "tokenless", schema, answer: () => ready });
  }
  readyRoute(service.app, "/late", {
    access: "tokenless",
    schema,
    answer: () => new Promise((resolve) => (finish = () => resolve(readyAnswer({ named: "late" }, {})))),
  });
  readyRoute(service.app, "/refused", {
    access: "tokenless",
    schema,
    answer: () => {
      throw houseProblem("forbidden");
    },
  });
  readyRoute(service.app, "/failed", {
    access: "tokenless",
    schema,
    answer: () => Promise.reject(new Error("the store is upside down")),
  });
  url = await service.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => service.app.close());

describe("an answer that was written before it was asked for", () => {
  it("when it is asked for twice, then its bytes are the same, and each carries the name of its own request", async () => {
    const answers = [await fetch(`${url}/ready-made`), await fetch(`${url}/ready-made`)];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-named")).toBe("a%C3%A7a%C3%AD");
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(answer.headers.get("content-length")).toBe("18");
      expect(await answer.json()).toEqual({ named: "açaí" });
    }
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    expect(new Set(ids).size).toBe(2);
    const named = await fetch(`${url}/ready-made`, { headers: { "x-request-id": "of-the-client-1" } });
    expect(named.headers.get("x-request-id")).toBe("of-the-client-1");
  });

  it("when somebody wants the headers alone, then they are those of the answer", async () => {
    const answer = await fetch(`${url}/ready-made`, { method: "HEAD" });
    expect([answer.status, answer.headers.get("content-length"), await answer.text()]).toEqual([200, "18", ""]);
    // The connection is fit for the next request: no body was left on it.
    expect(await (await fetch(`${url}/two`)).json()).toEqual({ named: "two" });
  });

  it("when it comes late, then it comes all the same", async () => {
    const asked = fetch(`${url}/late`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    finish();
    expect(await (await asked).json()).toEqual({ named: "late" });
  });

  it.each([
    ["given", "/ready-made", {}, 200],
    ["refused by its route", "/refused", {}, 403],
    ["no answer but an error", "/failed", {}, 500],
    ["refused before its route", "/two", { host: "no host" }, 400],
  ])("when it is %s, then it carries the headers of the house, each once", async (_what, path, headers, status) => {
    const answer = await service.app.inject({ url: path, headers });
    expect(answer.statusCode).toBe(status);
    const flat = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
    expect(faultsOfHeaders({ headers: new Headers(flat), url: path })).toEqual([]);
    expect(answer.headers["x-request-id"]).toMatch(/^[\w-]{8,}$/);
    expect(JSON.stringify(answer.json())).not.toContain("upside down");
  });

  it("when it was sent, then the figures count it with the others", async () => {
    await fetch(`${url}/ready-made`);
    const figures = await (await fetch(`${url}/metrics`)).text();
    expect(figures).toMatch(
      /http_server_request_duration_seconds_count\{method="GET",route="\/ready-made",status="2xx"\} [1-9]/,
    );
  });
});
