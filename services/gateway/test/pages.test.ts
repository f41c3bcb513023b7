import { buildService } from "@comanda/service-kit";
import { createTestLog } from "@comanda/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { gatewayForTest } from "./harness.ts";
import { startUpstream } from "./upstream.ts";

describe("showFrontPage", () => {
  test("when opened, then it is one self-contained Portuguese page under a policy with a fresh nonce", async () => {
    const { url } = await gatewayForTest({ sandbox: "http://127.0.0.1:8003" });
    const [first, second] = await Promise.all([fetch(`${url}/`), fetch(`${url}/`)]);
    expect(first.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = first.headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? "missing";
    const html = await first.text();
    expect(html).toContain('<html lang="pt-BR">');
    expect(html).toContain(`<script nonce="${nonce}">`);
    expect(html).toContain(`<style nonce="${nonce}">`);
    expect(html).not.toMatch(/\{\{|\/\*(css|js)\*\/|src="http/);
    for (const link of ["/docs/auth/", "/docs/order/", "/docs/payment/", "http://127.0.0.1:8003/"]) {
      expect(html).toContain(`href="${link}"`);
    }
    expect(second.headers.get("content-security-policy")).not.toContain(nonce);
  });

  test("when reached under another name, then the sandbox is linked under that name", async () => {
    const { app } = await gatewayForTest({ sandbox: "http://127.0.0.1:8003" });
    const named = await app.inject({ url: "/", headers: { host: "lanchonete.local:8080" } });
    expect(named.body).toContain('href="http://lanchonete.local:8003/"');
    const hostile = await app.inject({ url: "/", headers: { host: '"><script>' } });
    expect(hostile.body).not.toContain('"><script>');
  });
});

describe("showStatus", () => {
  test("when some services answer, then it says which, and which are starting or away", async () => {
    const auth = await startUpstream((_request, response) => response.end("{}"));
    const order = await startUpstream((_request, response) => response.writeHead(503).end("{}"));
    const { url } = await gatewayForTest({ auth: auth.url, order: order.url });
    expect(await (await fetch(`${url}/status`)).json()).toEqual({
      services: [
        { name: "auth", status: "up" },
        { name: "order", status: "starting" },
        { name: "payment", status: "down" },
      ],
    });
  });

  test("when every service is away, then the gateway itself is alive and ready", async () => {
    const { url } = await gatewayForTest();
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${url}/ready`)).status).toBe(200);
  });
});

describe("documents of the services", () => {
  test("when opened through the gateway, then the page and everything it needs come along", async () => {
    const log = createTestLog("auth").log;
    const about = { name: "auth", title: "Auth", description: "d", version: "0", verifyToken: null, readiness: [] };
    const { app } = await buildService({ ...about, log });
    const auth = await app.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => app.close());
    const { url } = await gatewayForTest({ auth });
    const page = await fetch(`${url}/docs/auth/`);
    expect(page.status).toBe(200);
    const html = await page.text();
    const needed = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => new URL(address, page.url));
    expect(needed.length).toBeGreaterThan(3);
    for (const address of [...needed, new URL("json", page.url)]) {
      const answer = await fetch(address);
      // Read to the end: the gateway would wait for it when it closes.
      await answer.arrayBuffer();
      expect([address.pathname, answer.status]).toEqual([address.pathname, 200]);
    }
  });
});
