import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FastifyReply } from "fastify";
import { html, type Markup } from "./html.ts";

const readPart = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

const style = readPart("phone.css");

/** Body of the wallet page. */
export const walletBody: Markup = { markup: readPart("wallet.html") };

/** Script of the wallet page. */
export const walletScript = readPart("wallet.js");

/** The card machine: its page, look and script. */
export const terminalPage = {
  body: { markup: readPart("terminal.html") },
  style: readPart("terminal.css"),
  script: readPart("terminal.js"),
};

/** Sends a page that needs nothing from elsewhere; only its own style and script run. */
export const sendPage = (
  reply: FastifyReply,
  page: { title: string; body: Markup; script?: string; style?: string; status?: number; formTargets?: string[] },
): FastifyReply => {
  const nonce = randomBytes(16).toString("base64");
  // Chromium applies form-action to the redirect that follows a form, so the shop's addresses must be named.
  const formTargets = ["'self'", ...(page.formTargets ?? [])].join(" ");
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    `form-action ${formTargets}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  const script =
    page.script === undefined
      ? html``
      : html`<script type="module" nonce="${nonce}">${{ markup: page.script }}</script>`;
  const text = html`<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${{ markup: page.style ?? style }}</style>
</head>
<body>
${page.body}
${script}
</body>
</html>`;
  return reply
    .code(page.status ?? 200)
    .headers({
      "content-security-policy": policy,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    .type("text/html; charset=utf-8")
    .send(text.markup);
};
