import { connect, type Socket } from "node:net";
import { createTestLog, waitFor } from "@comanda/testing";
import { ODD_REQUESTS, speakHttp } from "@comanda/testing/raw-http";
import { faultsOfHeaders } from "@comanda/testing/response-headers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildService, type Service } from "../src/index.ts";

let service: Service;
let url: string;
let handled = 0;

beforeAll(async () => {
  const log = createTestLog("sample").log;
  const words = { name: "sample", title: "Sample", description: "A service for tests", version: "1.0.0" };
  service = await buildService({ ...words, log, verifyToken: null, readiness: [] });
  const config = { access: "tokenless" } as const;
  const handler = async () => {
    handled += 1;
    return { fine: true };
  };
  service.app.get("/", { config }, handler);
  service.app.post("/", { config }, handler);
  url = await service.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => service.app.close());

function headersOf(head: string): Headers {
  const lines = head.split("\r\n").slice(1);
  return new Headers(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
}

describe("requests that could be read in two ways", () => {
  it.each(ODD_REQUESTS)(
    "when one has %s, then it is refused once, reaches nothing, and the connection ends",
    async (_what, bytes, statuses) => {
      const before = handled;
      const answer = await speakHttp(url, bytes);
      expect(statuses).toContain(answer.status);
      expect(answer.isClosed).toBe(true);
      expect(answer.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      expect(handled).toBe(before);
      expect(faultsOfHeaders({ headers: headersOf(answer.head), url: "/" })).toEqual([]);
    },
  );

  it("when a second request hides behind a refused one, then it is not answered", async () => {
    const before = handled;
    const hidden = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    await speakHttp(url, `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${hidden}`);
    expect(handled).toBe(before);
  });

  it("when the target is absolute and names the host, then it is a request like any other", async () => {
    const bytes = "GET http://A.example/?x=1 HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
    expect((await speakHttp(url, bytes)).status).toBe(200);
    const bare = "GET http://a.example HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
    expect((await speakHttp(url, bare)).status).toBe(200);
  });

  it.each(["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "CONNECTS"])(
    "when the method is %s, then 405 with Allow, or 400",
    async (method) => {
      const answer = await speakHttp(url, `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      if (answer.status === 400) return;
      expect(answer.status).toBe(405);
      expect(answer.head).toContain("allow: get, head, post");
    },
  );

  it("when a header asks for another method or path, then nobody listens", async () => {
    const headers = { "x-http-method-override": "DELETE", "x-original-url": "/admin", "x-rewrite-url": "/admin" };
    expect(await (await fetch(url, { headers })).json()).toEqual({ fine: true });
  });
});

describe("slow clients", () => {
  it("when 200 of them send their headers byte by byte, then all are cut off in time, and others are served", {
    timeout: 40_000,
  }, async () => {
    const { hostname, port } = new URL(url);
    let closed = 0;
    const sockets: Socket[] = Array.from({ length: 200 }, () => {
      const socket = connect(Number(port), hostname, () => socket.write("GET / HTTP/1.1\r\nHost: a\r\nX-A: "));
      socket
        .on("error", () => undefined)
        .on("close", () => {
          closed += 1;
        });
      socket.resume();
      return socket;
    });
    const began = performance.now();
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write("x");
    }, 500);
    expect((await fetch(url)).status).toBe(200);
    await waitFor(() => closed === sockets.length, { timeoutMs: 20_000, description: "all to be cut off" });
    clearInterval(drip);
    expect(performance.now() - began).toBeLessThan(12_000);
  });

  it("when it listens, then it takes a limited number of connections", () => {
    expect(service.app.server.maxConnections).toBe(2_000);
  });
});

describe("other origins", () => {
  it.each([
    "null",
    "https://evil.example",
    "https://localhost.evil.example",
    "https://evil.example/localhost",
    "http://localhost",
    "http://localhost:8080.evil.example",
    "https://127.0.0.1",
    "file://",
    "chrome-extension://abc",
    "HTTPS://EVIL.EXAMPLE",
    "https://xn--evl-3pa.example",
    "*",
  ])("when a page of %s asks, then no header lets it read", async (origin) => {
    const read = await fetch(url, { headers: { origin } });
    const asked = await fetch(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
    expect(asked.status).toBe(405);
    for (const answer of [read, asked]) expect(faultsOfHeaders(answer)).toEqual([]);
  });
});
