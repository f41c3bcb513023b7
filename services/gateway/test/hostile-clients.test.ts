import { connect, type Socket } from "node:net";
import { buildService } from "@comanda/service-kit";
import { createTestLog, waitFor } from "@comanda/testing";
import { speakHttp } from "@comanda/testing/raw-http";
import { faultsOfHeaders } from "@comanda/testing/response-headers";
import { describe, expect, onTestFinished, test } from "vitest";
import { gatewayForTest } from "./harness.ts";
import { echo, startUpstream } from "./upstream.ts";

/** A service of the house behind the gateway, with a body to read. */
async function startBehind() {
  const log = createTestLog("order").log;
  const about = { name: "order", title: "Order", description: "d", version: "0", verifyToken: null, readiness: [] };
  const { app } = await buildService({ ...about, log });
  app.get("/orders", { config: { access: "tokenless" } }, async () => ({ fine: true }));
  app.post("/orders", { config: { access: "tokenless" } }, async () => ({ fine: true }));
  const order = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  return gatewayForTest({ order });
}

// Reliability OP-12: the service behind must not be the one that waits.
describe("slow clients, through the gateway", () => {
  test("when 500 of them never send the rest of their bodies, then each is told 408, and others are served", async () => {
    const { url } = await startBehind();
    const { hostname, port } = new URL(url);
    const heads = [
      "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
      "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\r\n",
    ];
    const heard: string[] = [];
    let closed = 0;
    const sockets: Socket[] = Array.from({ length: 500 }, (_none, turn) => {
      heard[turn] = "";
      const socket = connect(Number(port), hostname, () => socket.write(heads[turn % heads.length] ?? ""));
      return socket
        .on("data", (chunk) => {
          heard[turn] = `${heard[turn]}${chunk}`;
        })
        .on("error", () => undefined)
        .on("close", () => {
          closed += 1;
        });
    });
    // Half of them send a byte now and then: it is no new beginning.
    const drip = setInterval(() => {
      for (const [turn, socket] of sockets.entries()) if (turn % 4 === 0 && socket.writable) socket.write("x");
    }, 500);
    const served: number[] = [];
    while (closed < sockets.length && served.length < 600) {
      served.push((await fetch(`${url}/orders`)).status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    clearInterval(drip);
    expect(heard.map((text) => text.slice(9, 12))).toEqual(Array(500).fill("408"));
    expect(new Set(served)).toEqual(new Set([200]));
  }, 90_000);
});

describe("other ways of speaking, through the gateway", () => {
  test("when a client speaks HTTP/1.0 or asks for another protocol, then it is a request like any other", async () => {
    const { url } = await startBehind();
    const old = await speakHttp(url, "GET /orders HTTP/1.0\r\n\r\n");
    expect([old.status, old.isClosed]).toEqual([200, true]);
    for (const protocol of ["websocket", "h2c"]) {
      const head = `Host: a\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Version: 13\r\n`;
      const answer = await speakHttp(url, `GET /orders HTTP/1.1\r\n${head}Sec-WebSocket-Key: dGhl\r\n\r\n`, 3_000);
      expect([protocol, answer.status]).toEqual([protocol, 200]);
      expect(answer.text).not.toContain("101 Switching");
    }
  });

  test("when requests come one behind the other without waiting, then each has its answer, in order", async () => {
    const order = await startUpstream(echo("order"));
    const { url } = await gatewayForTest({ order: order.url });
    const paths = ["/orders/1", "/orders/2", "/orders/3", "/orders/4"];
    const bytes = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n`);
    const { text } = await speakHttp(url, `${bytes.join("\r\n")}Connection: close\r\n\r\n`);
    expect([...text.matchAll(/"url":"([^"]+)"/g)].map(([, path]) => path)).toEqual(paths);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(4);
  });

  test("when only the head of an answer is asked for, then no body comes", async () => {
    const { url } = await startBehind();
    const answer = await speakHttp(url, "HEAD /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect([answer.status, answer.body]).toEqual([200, ""]);
    expect(answer.head).toContain("content-length: 13");
  });

  // RFC 9110 §7.6.1 lets a client name headers that are for the next hop alone: what the gateway adds is not theirs.
  test("when a client calls the gateway's own headers a matter of its connection, then they arrive all the same", async () => {
    const order = await startUpstream(echo("order"));
    const { url } = await gatewayForTest({ order: order.url });
    const named = "close, x-forwarded-for, x-forwarded-host, x-forwarded-proto, x-request-id, traceparent";
    const { body } = await speakHttp(url, `GET /orders HTTP/1.1\r\nHost: shop.example\r\nConnection: ${named}\r\n\r\n`);
    expect(JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1)).headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": "shop.example",
      "x-forwarded-proto": "http",
      "x-request-id": expect.stringMatching(/^[\w-]{36}$/),
      traceparent: expect.stringMatching(/^00-/),
    });
  });

  test.each(["null", "https://evil.example", "https://shop.example.evil", "http://localhost:8080", "*", "file://"])(
    "when a page of %s asks, then nothing that is answered lets it read",
    async (origin) => {
      const { url } = await startBehind();
      const asked = {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      };
      for (const answer of [
        await fetch(`${url}/orders`, { headers: { origin } }),
        await fetch(`${url}/orders`, { method: "OPTIONS", headers: asked }),
        await fetch(`${url}/nothing`, { method: "OPTIONS", headers: asked }),
      ])
        expect(faultsOfHeaders(answer)).toEqual([]);
    },
  );

  test("when the way leads out of a forwarded path, then no service is asked for another one", async () => {
    const seen: string[] = [];
    const order = await startUpstream((request, response) => {
      seen.push(request.url ?? "");
      response.end("{}");
    });
    const { url } = await gatewayForTest({ order: order.url });
    const ways = [
      "/orders/../events",
      "/orders/%2e%2e/events",
      "/orders/.%2e/events",
      "/orders/..%2fevents",
      "/orders/..%5cevents",
      "/orders/..\\events",
      "/orders/\\..\\events",
      "/orders/%252e%252e/events",
      "/orders//events",
      "/orders/\\/events",
      "/orders;/../events",
      "/orders/./../events",
      "/events",
      "//events",
      "/\\events",
      "/products/..;/events",
    ];
    for (const way of ways) await speakHttp(url, `GET ${way} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(seen.length).toBeGreaterThan(0);
    const below = seen.map((path) =>
      new URL(path, order.url).pathname.replaceAll(/%25|\/{2,}/g, (part) => part[0] ?? ""),
    );
    expect(below.filter((path) => !/^\/(?:orders|products)\//.test(path))).toEqual([]);
  });
});

test("when a client takes its time with nothing but its connection, then it is hung up on", async () => {
  const { url } = await startBehind();
  const { hostname, port } = new URL(url);
  let isClosed = false;
  connect(Number(port), hostname)
    .on("error", () => undefined)
    .on("close", () => {
      isClosed = true;
    })
    .resume();
  await waitFor(() => isClosed, { timeoutMs: 30_000, description: "the connection to be closed" });
}, 40_000);
