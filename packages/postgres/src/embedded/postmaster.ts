import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log.ts";
import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { Placement } from "./placement.ts";
import { waitUntil } from "./wait-until.ts";

/** What a server start needs. */
export interface PostmasterOptions {
  readonly binaries: Binaries;
  readonly placement: Placement;
  /** 0 picks a free port. */
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** A server that accepts connections. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const attemptsMax = 10;
// Recovery after a crash replays the log before the server is ready.
const readyTimeoutMs = 120_000;
const fastStopMs = 10_000;
const immediateStopMs = 5_000;

// Right after a kill -9 the old pid file, its shared memory or its port may linger for a moment.
const lingering = /postmaster\.pid" already exists|pre-existing shared memory block|lock file .* is empty/;
const portTaken = /Address already in use|could not create any TCP\/IP sockets/;

/**
 * Starts the server and waits until it accepts connections, trying again while remains of a killed one linger.
 *
 * @throws EmbeddedPostgresError `port-in-use` or `start-failed`
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port === 0 ? await freeLoopbackPort() : options.port;
    const { child, lastLines } = spawnPostgres({ ...options, port });
    const ended = once(child, "exit").then(() => undefined);
    if (await isReady({ child, ended, cluster: options.placement.cluster })) {
      const pid = child.pid as number; // isReady saw it in postmaster.pid, so it is defined
      return { pid, port, ended, stop: () => stopPostmaster({ child, ended, options }) };
    }
    const said = lastLines.join("\n");
    const mayPass = lingering.test(said) || portTaken.test(said);
    if (!mayPass || attempt === attemptsMax) throw startFailed({ said, port });
    options.log.info({ attempt }, "PostgreSQL did not start yet, trying again");
    await delay(Math.min(100 * attempt, 500));
  }
}

function spawnPostgres(options: PostmasterOptions): { child: ChildProcess; lastLines: string[] } {
  const { account, cluster } = options.placement;
  const settings = { ...durable, ...options.settings, port: String(options.port) };
  const args = ["-D", cluster, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const child = spawn(options.binaries.postgres, args, {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "ignore", "pipe"],
    // Its own process group: Ctrl-C in a terminal reaches us alone, and the database is stopped last.
    detached: true,
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  });
  const lastLines: string[] = [];
  child.on("error", (error) => lastLines.push(error.message));
  createInterface({ input: child.stderr }).on("line", (line) => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    options.log.info({ line }, "postgres");
  });
  return { child, lastLines };
}

/** Reachable from this machine only, and nothing acknowledged is ever lost (reliability: fsync and its companions on). */
const durable: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  timezone: "UTC",
  log_timezone: "UTC",
};

async function isReady(options: { child: ChildProcess; ended: Promise<void>; cluster: string }): Promise<boolean> {
  const { child, ended, cluster } = options;
  let over = false;
  const noteEnd = () => {
    over = true;
  };
  child.once("error", noteEnd);
  ended.then(noteEnd, noteEnd);
  await waitUntil(() => over || saysReady(cluster, child.pid), readyTimeoutMs);
  if (over) {
    // The last words may still be in the pipe.
    if (child.stderr !== null && !child.stderr.readableEnded)
      await Promise.race([once(child.stderr, "close"), delay(500)]);
    return false;
  }
  if (saysReady(cluster, child.pid)) return true;
  child.kill("SIGQUIT");
  return false;
}

/** The eighth line of postmaster.pid is the server's state; pg_ctl waits for it in the same way. */
function saysReady(cluster: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
  } catch {
    return false;
  }
}

async function stopPostmaster(stopping: {
  child: ChildProcess;
  ended: Promise<void>;
  options: PostmasterOptions;
}): Promise<void> {
  const { child, ended, options } = stopping;
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  if (isOver()) return;
  if (process.platform === "win32")
    execFile(options.binaries.pgCtl, ["stop", "-D", options.placement.cluster, "-m", "fast"]);
  else child.kill("SIGINT");
  if (await waitUntil(isOver, fastStopMs)) return;
  options.log.warn({}, "PostgreSQL is slow to stop; it will recover at the next start");
  child.kill("SIGQUIT");
  if (!(await waitUntil(isOver, immediateStopMs))) child.kill("SIGKILL");
  await ended;
}

function startFailed(options: { said: string; port: number }): EmbeddedPostgresError {
  if (portTaken.test(options.said)) {
    return new EmbeddedPostgresError(`port ${options.port} is in use, PostgreSQL cannot listen on it`, {
      fault: "port-in-use",
    });
  }
  return new EmbeddedPostgresError(`PostgreSQL did not start: ${options.said || "no message"}`, {
    fault: "start-failed",
  });
}

async function freeLoopbackPort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
