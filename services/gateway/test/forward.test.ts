import { createServer, request as httpRequest } from "node:http";
import { freePort, waitFor } from "@comanda/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { gatewayForTest } from "./harness.ts";
import { echo, startUpstream } from "./upstream.ts";

describe("forward", () => {
  test("when a path belongs to a service, then that service gets it with query, body and headers", async () => {
    const [auth, order, payment] = await Promise.all(
      ["auth", "order", "payment"].map((name) => startUpstream(echo(name))),
    );
    const { url } = await gatewayForTest({
      auth: auth?.url ?? "",
      order: order?.url ?? "",
      payment: payment?.url ?? "",
    });
    const paths = {
      "/token": "auth",
      "/auth": "auth",
      "/customers/": "auth",
      "/customer/anonymous": "auth",
      "/devices": "auth",
      "/.well-known/jwks.json": "auth",
      "/introspect": "auth",
      "/revoke": "auth",
      "/categories": "order",
      "/products/?limit=2&q=p%C3%A3o": "order",
      "/orders/queue": "order",
      "/payments/webhook?data.id=1": "payment",
      "/audit/auth?limit=1": "auth",
      "/audit/order/verification": "order",
      "/audit/payment": "payment",
    };
    for (const [path, name] of Object.entries(paths)) {
      const seen = await (
        await fetch(`${url}${path}`, {
          method: "POST",
          body: `{"for":"${name}"}`,
          headers: { "content-type": "application/json" },
        })
      ).json();
      expect(seen).toMatchObject({ name, url: path, method: "POST", body: `{"for":"${name}"}` });
    }
  });

  test("when a form, an image or a body without type is sent, then it arrives byte for byte", async () => {
    const auth = await startUpstream(echo("auth"));
    const { url } = await gatewayForTest({ auth: auth.url });
    for (const type of ["application/x-www-form-urlencoded", "image/png", "application/cloudevents+json"]) {
      const answer = await fetch(`${url}/token`, {
        method: "POST",
        body: "a=1&b=%20",
        headers: { "content-type": type },
      });
      expect(await answer.json()).toMatchObject({ body: "a=1&b=%20", headers: { "content-type": type } });
    }
  });

  test("when a client wants its connection closed, then it is, whatever the upstream keeps open", async () => {
    const order = await startUpstream(echo("order"));
    const { url } = await gatewayForTest({ order: order.url });
    const answer = await new Promise<{ connection: string | undefined; closed: boolean }>((resolve, reject) => {
      const request = httpRequest(`${url}/orders`, { headers: { connection: "close" } }, (response) => {
        response.resume();
        const { connection } = response.headers;
        response.socket.once("close", () => resolve({ connection, closed: true }));
        response.socket.setTimeout(2_000, () => resolve({ connection, closed: false }));
      });
      request.once("error", reject).end();
    });
    expect(answer).toEqual({ connection: "close", closed: true });
  });

  test("when a request carries an id and a trace, then both travel on; when not, they are made", async () => {
    const order = await startUpstream(echo("order"));
    const { url } = await gatewayForTest({ order: order.url });
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const given = await fetch(`${url}/orders/`, {
      headers: { traceparent, "x-request-id": "totem-42-0001" },
    });
    expect(given.headers.get("x-request-id")).toBe("totem-42-0001");
    expect(await given.json()).toMatchObject({
      headers: { traceparent, "x-request-id": "totem-42-0001", "x-forwarded-for": "127.0.0.1" },
    });
    const made = await fetch(`${url}/orders/`);
    const { headers } = Object(await made.json());
    expect(headers["x-request-id"]).toBe(made.headers.get("x-request-id"));
    expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  // Whoever counts requests by address would count a thousand clients otherwise (reliability AU-31).
  test("when a client writes addresses of its own, then only the one that a trusted proxy wrote travels on", async () => {
    const order = await startUpstream(echo("order"));
    const seen = async (hops: number) => {
      const { url } = await gatewayForTest({ order: order.url }, { hops });
      const headers = {
        "x-forwarded-for": "203.0.113.1, 203.0.113.2",
        "x-real-ip": "203.0.113.3",
        forwarded: "for=203.0.113.4",
      };
      return Object(await (await fetch(`${url}/orders`, { headers })).json()).headers["x-forwarded-for"];
    };
    expect(await seen(0)).toBe("127.0.0.1");
    expect(await seen(1)).toBe("203.0.113.2");
    expect(await seen(2)).toBe("203.0.113.1");
  });

  // curl announces larger bodies this way, and the client library behind the proxy refuses the header.
  test("when the client asks for leave to send its body, then it gets it and the body arrives", async () => {
    const order = await startUpstream(echo("order"));
    const { url } = await gatewayForTest({ order: order.url });
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(`${url}/products/1/image`, { method: "PUT", headers: { expect: "100-continue" } });
      sent.on("continue", () => sent.end("image")).on("error", reject);
      sent.on("response", (answer) => resolve(answer.resume().statusCode));
      sent.flushHeaders();
    });
    expect(status).toBe(200);
  });

  test("when the upstream answers with a problem of its own, then status, headers and body pass unchanged", async () => {
    const order = await startUpstream((_request, response) => {
      response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "7" });
      response.end('{"code":"unavailable"}');
    });
    const { url } = await gatewayForTest({ order: order.url });
    const began = performance.now();
    const answer = await fetch(`${url}/orders/`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(await answer.text()).toBe('{"code":"unavailable"}');
    // The proxy library would repeat a 503 up to ten times.
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("when the upstream is down, then it is a 503 problem with Retry-After in the language asked for", async () => {
    const { url } = await gatewayForTest();
    const portuguese = await fetch(`${url}/orders/`);
    expect(portuguese.status).toBe(503);
    expect(portuguese.headers.get("retry-after")).toBe("2");
    expect(portuguese.headers.get("content-type")).toContain("application/problem+json");
    expect(await portuguese.json()).toMatchObject({
      code: "unavailable",
      status: 503,
      title: "Indisponível no momento",
    });
    const english = await fetch(`${url}/payments/`, { headers: { "accept-language": "en" } });
    expect(await english.json()).toMatchObject({ title: "Unavailable right now" });
  });

  test("when the upstream comes back, then the next request reaches it", async () => {
    const port = await freePort();
    const { url } = await gatewayForTest({ order: `http://127.0.0.1:${port}` });
    expect((await fetch(`${url}/orders/`)).status).toBe(503);
    const server = createServer((_request, response) => response.end("here")).listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());
    await waitFor(async () => (await (await fetch(`${url}/orders/`)).text()) === "here");
  });

  test("when nobody owns the path, then it is a 404 problem, events between services included", async () => {
    const { url } = await gatewayForTest();
    for (const path of ["/orders-of-yesterday", "/events", "/nothing"]) {
      const answer = await fetch(`${url}${path}`, { method: "POST" });
      expect([path, answer.status, Object(await answer.json()).code]).toEqual([path, 404, "not-found"]);
    }
  });
});

describe("live streams", () => {
  async function startStream() {
    const seen = { closed: false };
    let say: (text: string) => void = () => {};
    const order = await startUpstream((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write("retry: 1000\n\n");
      say = (text) => response.write(text);
      response.on("close", () => {
        seen.closed = true;
      });
    });
    const gateway = await gatewayForTest({ order: order.url });
    return { ...gateway, seen, say: (text: string) => say(text) };
  }

  test("when the upstream says something, then it arrives at once, not when a buffer is full", async () => {
    const { url, say } = await startStream();
    const answer = await fetch(`${url}/orders/events?ticket=abc`);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe("retry: 1000\n\n");
    for (const status of ["paid", "preparing"]) {
      say(`event: order.${status}\ndata: {}\n\n`);
      expect((await reader?.read())?.value).toContain(`order.${status}`);
    }
    await reader?.cancel();
  });

  test("when the reader leaves, then the upstream's stream is closed too", async () => {
    const { url, seen } = await startStream();
    const reading = new AbortController();
    await fetch(`${url}/orders/events`, { signal: reading.signal });
    reading.abort();
    await waitFor(() => seen.closed, { description: "the upstream to notice" });
  });

  // A server that waits for streams which never end would have to be killed.
  test("when the gateway stops, then open streams end and it stops in a moment", async () => {
    const { url, app } = await startStream();
    const answer = await fetch(`${url}/orders/events`);
    const began = performance.now();
    await Promise.all([app.close(), answer.text()]);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
