import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@comanda/postgres/embedded";
import { noteText } from "./canary/planted.ts";
import { noteFiguresOf, noteSystem, plantSystem } from "./canary/system-places.ts";
import { freePort } from "./free-port.ts";

/** The whole of Comanda, started on ports and data of its own. */
export type System = {
  readonly auth: string;
  readonly order: string;
  readonly payment: string;
  readonly sandbox: string;
  readonly web: string;
  /** Where `npm start` keeps secrets, logs and the sandbox's books. */
  readonly dataDir: string;
  /** Connection strings of the three services' databases. */
  readonly databaseUrls: Readonly<Record<"auth" | "order" | "payment", string>>;
  /** A database on the same server with the order service's tables, for the limits. */
  readonly limitDatabaseUrl: string;
  readonly admin: { readonly email: string; readonly password: string };
  /** Process id of `scripts/start.ts`, the parent of all services. */
  readonly pid: number;
  /** Process id of its PostgreSQL now; it changes when that was killed and started again. */
  readonly postgresPid: () => number;
  /** What it has printed so far. */
  readonly output: () => string;
  /** What its PostgreSQL has logged so far. */
  readonly postgresOutput: () => string;
  readonly stop: () => Promise<void>;
};

const START_MS = 60_000;
const LIMITS = [
  ...["token", "login", "identify", "identify-cpf", "register", "register-device", "anonymous", "anonymous-device"],
  ...["verification", "search"],
];
const AMPLE_LIMITS = LIMITS.map((name) => `${name}=1000000/60`).join(" ");

/**
 * Starts PostgreSQL (durable, as in `npm start`) and then everything else by `scripts/start.ts`.
 * @throws Error when it is not ready within a minute; what it printed is in the message
 */
export async function startSystem(variables: Readonly<Record<string, string>> = {}): Promise<System> {
  const directory = await mkdtemp(join(tmpdir(), "comanda-system-"));
  // As root PostgreSQL runs under another account, which must be able to pass; else its data would lie elsewhere.
  await chmod(directory, 0o711);
  const logged: string[] = [];
  const note = (record: object, message: string) => logged.push(`${message} ${JSON.stringify(record)}`);
  const log = { info: note, warn: note };
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, "postgres"), port: 0, log });
  await postgres.createDatabaseIfMissing("bench_limit");
  const password = "of a role that has one database";
  const authUrl = await postgres.openTenant({ name: "auth", password });
  const orderUrl = await postgres.openTenant({ name: "order", password });
  const paymentUrl = await postgres.openTenant({ name: "payment", password });
  const [web, auth, order, payment, sandbox] = await Promise.all(Array.from({ length: 5 }, freePort));
  const admin = { email: "dona@comanda.local", password: "uma senha longa de teste" };
  const settings = {
    DATA_DIR: join(directory, "data"),
    WEB_PORT: String(web),
    AUTH_PORT: String(auth),
    ORDER_PORT: String(order),
    PAYMENT_PORT: String(payment),
    SANDBOX_PORT: String(sandbox),
    AUTH_DATABASE_URL: authUrl,
    ORDER_DATABASE_URL: orderUrl,
    PAYMENT_DATABASE_URL: paymentUrl,
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
    LOG_LEVEL: "warn",
    // All the guests of a run come from one address; the counting itself goes on.
    RATE_LIMITS: AMPLE_LIMITS,
    ...variables,
  };
  const start = run("scripts/start.ts", settings);
  const url = (port: number | undefined) => `http://127.0.0.1:${port}`;
  try {
    await untilReady(start, [url(auth), url(order), url(payment), url(web)]);
  } catch (error) {
    await end(start.child);
    await postgres.stop();
    throw error;
  }
  const databaseUrls = { auth: postgres.url("auth"), order: postgres.url("order"), payment: postgres.url("payment") };
  const parts = { dataDir: settings.DATA_DIR, databaseUrls, variables: settings };
  await plantSystem(parts);
  return {
    web: url(web),
    auth: url(auth),
    order: url(order),
    payment: url(payment),
    sandbox: url(sandbox),
    dataDir: settings.DATA_DIR,
    databaseUrls,
    limitDatabaseUrl: postgres.url("bench_limit"),
    admin,
    pid: start.child.pid ?? 0,
    postgresPid: () => postgres.pid,
    output: start.output,
    postgresOutput: () => logged.join("\n"),
    stop: async () => {
      await noteFiguresOf({ auth: url(auth), order: url(order), payment: url(payment), gateway: url(web) });
      await end(start.child);
      noteText("output of start", start.output());
      noteText("log of PostgreSQL", logged.join("\n"));
      await noteSystem(parts);
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A child process of this run, and all it has printed. */
export type Started = { readonly child: ChildProcess; readonly output: () => string };

/** Runs a script of the repository under this Node with some variables set. */
export function run(
  script: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Started {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const parts: string[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part.toString()));
  child.stderr.on("data", (part: Buffer) => parts.push(part.toString()));
  return { child, output: () => parts.join("") };
}

/** Waits until every address answers `GET /ready` with 200. */
export async function untilReady(started: Started, addresses: readonly string[]): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (const address of addresses) {
    while (!(await isReady(address))) {
      if (started.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${address} did not become ready\n${started.output()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function isReady(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

/** Ends a child of ours and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
