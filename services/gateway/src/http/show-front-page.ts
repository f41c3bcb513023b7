import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { App } from "@comanda/service-kit";
import type { Upstream } from "../upstreams.ts";

const part = (name: string) => readFileSync(new URL(`../page/${name}`, import.meta.url), "utf8");

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** `GET /`: one self-contained page that says what runs here and where to go. */
export function showFrontPage(app: App, upstreams: readonly Upstream[]): void {
  const template = part("front-page.html")
    .replace("/*css*/", part("front-page.css"))
    .replace("/*js*/", part("front-page.js"));
  const sandbox = upstreams.find(({ name }) => name === "sandbox");

  app.get("/", { config: { access: "tokenless" }, schema: { hide: true } }, async (request, reply) => {
    const nonce = randomBytes(16).toString("base64");
    const html = template
      .replaceAll("{{nonce}}", nonce)
      .replaceAll("{{sandbox}}", sandbox === undefined ? "" : asSeenFrom(request.hostname, sandbox.url));
    return reply
      .header("content-security-policy", policyWith(nonce))
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send(html);
  });
}

/** The address of a service on this machine, for a browser that reached this machine under some other name. */
function asSeenFrom(hostname: string, url: string): string {
  const address = new URL(url);
  if (loopback.has(address.hostname) && /^[\w.-]+$/.test(hostname)) address.hostname = hostname;
  return address.origin;
}

function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
