import { readFileSync } from "node:fs";
import { buildSandbox, type SandboxOptions } from "./sandbox.ts";

/** How long closing may take before the process ends anyway, ms. */
const closingMaxMs = 1500;

/** Reads `NAME`, or the file named by `NAME_FILE`. */
const readSetting = (name: string): string | undefined => {
  const path = process.env[`${name}_FILE`];
  const value = path === undefined ? process.env[name] : readFileSync(path, "utf8").trim();
  return value === "" ? undefined : value;
};

const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const log = (message: string, fields: Record<string, unknown> = {}) =>
  process.stdout.write(
    `${JSON.stringify({ level: 30, time: Date.now(), name: "mercadopago-sandbox", ...fields, msg: message })}\n`,
  );

const readOptions = (): SandboxOptions => {
  const given = {
    accessToken: readSetting("SANDBOX_ACCESS_TOKEN"),
    previousAccessToken: readSetting("SANDBOX_ACCESS_TOKEN_PREVIOUS"),
    webhookSecret: readSetting("SANDBOX_WEBHOOK_SECRET"),
    webhookUrl: readSetting("SANDBOX_WEBHOOK_URL"),
    externalPosId: readSetting("SANDBOX_EXTERNAL_POS_ID"),
    publicUrl: readSetting("SANDBOX_PUBLIC_URL")?.replace(/\/+$/, ""),
    dataDir: readSetting("SANDBOX_DATA_DIR"),
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { isLogging: true, ...Object.fromEntries(set) };
};

const port = Number(readSetting("SANDBOX_PORT") ?? 8003);
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail("SANDBOX_PORT must be a port number from 0 to 65535.");
const host = readSetting("HOST") ?? "127.0.0.1";
const sandbox = buildSandbox(readOptions());

try {
  const { url } = await sandbox.start({ host, port });
  log("listening", { url, pid: process.pid });
} catch (cause) {
  const isPortTaken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
  if (isPortTaken) fail(`Port ${port} of ${host} is already in use; set SANDBOX_PORT to a free one.`);
  fail(`The Mercado Pago sandbox cannot start: ${cause instanceof Error ? cause.message : String(cause)}.`);
}

const close = async (signal: string) => {
  setTimeout(() => process.exit(0), closingMaxMs).unref();
  await sandbox.close();
  log("closed", { signal });
  process.exit(0);
};
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void close(signal));
// The channel to whoever started us closes when that ends, by kill -9 as well.
process.once("disconnect", () => void close("parent ended"));
