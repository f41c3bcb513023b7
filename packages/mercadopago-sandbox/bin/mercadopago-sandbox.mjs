#!/usr/bin/env node
import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Each flag and the variable it stands for; a flag wins. */
const flags = {
  port: ["SANDBOX_PORT", "port to listen on (8003; 0 takes a free one)"],
  host: ["HOST", "address to listen on (127.0.0.1)"],
  "data-dir": ["SANDBOX_DATA_DIR", "folder of the journal (none: memory only)"],
  "access-token": ["SANDBOX_ACCESS_TOKEN", "bearer token of the seller"],
  "previous-access-token": ["SANDBOX_ACCESS_TOKEN_PREVIOUS", "a second one of the same seller (none)"],
  "webhook-url": ["SANDBOX_WEBHOOK_URL", "where webhooks go (none: they are held)"],
  "webhook-secret": ["SANDBOX_WEBHOOK_SECRET", "secret that signs them (sandbox-webhook-secret)"],
  "external-pos-id": ["SANDBOX_EXTERNAL_POS_ID", "till that exists from the start (COMANDA01)"],
  "public-url": ["SANDBOX_PUBLIC_URL", "address written into payment links (where it listens)"],
};

const help = `Mercado Pago's REST API simulated on this machine: no account, no internet, no real money.

Usage: mercadopago-sandbox [options]

${Object.entries(flags)
  .map(
    ([name, [variable, what]]) =>
      `  --${`${name} <value>`.padEnd(25)} ${what}\n${" ".repeat(30)}or ${variable}, ${variable}_FILE`,
  )
  .join("\n")}
  --help                      this text

Point your client at http://127.0.0.1:8003 instead of https://api.mercadopago.com and send the seller's
token. Open / for a wallet that pays, /terminal/NEWLAND_N950__SBX0000001 for a card machine.
`;

const say = (text, code) => {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
};

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18))
  say(`mercadopago-sandbox needs Node 22.18 or newer; this is ${process.versions.node}.\n`, 1);

const options = { help: { type: "boolean", short: "h" } };
for (const name of Object.keys(flags)) options[name] = { type: "string" };
let values = {};
try {
  ({ values } = parseArgs({ options, strict: true }));
} catch (cause) {
  say(`${cause.message}\nTry --help.\n`, 1);
}
if (values.help) say(help, 0);
for (const [name, [variable]] of Object.entries(flags)) {
  if (values[name] === undefined) continue;
  // biome-ignore lint/style/noProcessEnv: flags become the variables that main.ts reads
  delete process.env[`${variable}_FILE`];
  // biome-ignore lint/style/noProcessEnv: flags become the variables that main.ts reads
  process.env[variable] = values[name];
}

// Node strips types everywhere but under node_modules, which is where npx puts us.
const main = new URL("../src/main.ts", import.meta.url);
if (main.pathname.includes("/node_modules/")) {
  const own = new URL("../", import.meta.url).href;
  nodeModule.registerHooks({
    load: (url, context, next) => {
      if (!url.startsWith(own) || !url.endsWith(".ts")) return next(url, context);
      const source = nodeModule.stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"));
      return { format: "module", source, shortCircuit: true };
    },
  });
}
await import(main.href);
