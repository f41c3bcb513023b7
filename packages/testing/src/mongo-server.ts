import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { noteDatabase } from "./canary/planted.ts";
import { dumpMongo } from "./mongo-dump.ts";

/** A server that speaks MongoDB's protocol, for the time of a test file. */
export interface MongoServer {
  /** Address of one of its databases; `via` replaces host and port, for a test that stands in between. */
  uri(database: string, via?: { readonly host: string; readonly port: number }): string;
  readonly host: string;
  readonly port: number;
  /** Ends a server that was started here; its data goes with it. */
  stop(): Promise<void>;
}

const source = join(import.meta.dirname, "../ferretdb");
const cache = join(import.meta.dirname, "../../../.cache/ferretdb");
const howTo = "install Go (https://go.dev/dl), or set MONGODB_TEST_URI to the address of a MongoDB that tests may fill";
const buildTimeoutMs = 10 * 60_000;
const startTimeoutMs = 30_000;

/**
 * The server of `MONGODB_TEST_URI`, else FerretDB, built from `packages/testing/ferretdb` by the Go on `PATH` (once; a
 * minute or two) and started on a free port with a temporary folder.
 *
 * Where neither can be had the answer is `null`, and standard error says aloud what is skipped and how to have it.
 *
 * @throws Error instead of that when `CI` is `true`: there nothing may be skipped
 */
export async function startMongoServer(): Promise<MongoServer | null> {
  const given = variable("MONGODB_TEST_URI");
  if (given !== undefined && given !== "") return serverAt(given);
  try {
    return await startFerret(await buildFerret());
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    const message = `no MongoDB-protocol server for tests (${reason}): ${howTo}`;
    if (variable("CI") === "true") throw new Error(message, { cause: error });
    process.stderr.write(`\n!!! SKIPPED, the tests on MongoDB did not run: ${message}\n\n`);
    return null;
  }
}

function serverAt(address: string): MongoServer {
  const url = new URL(address);
  const [host, port] = [url.hostname, Number(url.port === "" ? 27_017 : url.port)];
  const searches = new Map<string, () => Promise<void>>();
  const searchLater = (database: string) => {
    if (searches.has(database)) return;
    searches.set(
      database,
      noteDatabase(() => readPlaces(uriOf({ address, database, via: undefined }))),
    );
  };
  return {
    host,
    port,
    uri: (database, via) => {
      searchLater(database);
      return uriOf({ address, database, via });
    },
    stop: async () => {
      for (const search of searches.values()) await search();
    },
  };
}

async function readPlaces(uri: string) {
  return (await dumpMongo(uri)).map(({ field, text }) => ({ place: `column payment in MongoDB.${field}`, text }));
}

function uriOf(options: {
  readonly address: string;
  readonly database: string;
  readonly via: { readonly host: string; readonly port: number } | undefined;
}): string {
  const url = new URL(options.address);
  url.pathname = `/${options.database}`;
  if (options.via !== undefined) {
    url.host = `${options.via.host}:${options.via.port}`;
    // Else the driver asks a replica set for its members, and goes to them past whoever stands in between.
    url.searchParams.set("directConnection", "true");
  }
  return url.href;
}

async function buildFerret(): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(source, name)));
  const ending = process.platform === "win32" ? ".exe" : "";
  const program = join(cache, `ferretdb-${hash.digest("hex").slice(0, 16)}${ending}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  process.stderr.write("building FerretDB for the tests on MongoDB; this takes a minute or two, once\n");
  const unfinished = `${program}.${process.pid}.unfinished`;
  const build = ["build", "-trimpath", "-tags", "ferretdb_no_postgresql", "-o", unfinished, "."];
  await promisify(execFile)("go", build, { cwd: source, timeout: buildTimeoutMs, maxBuffer: 64 * 1024 * 1024 });
  // Under its name only when whole: another test run may be looking for it.
  renameSync(unfinished, program);
  return program;
}

async function startFerret(program: string): Promise<MongoServer> {
  // It ends with its standard input, so it cannot outlive this process, however that ends.
  const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  try {
    const server = serverAt(`mongodb://${await firstLine(child)}/`);
    const searchAndStop = async () => {
      try {
        await server.stop();
      } finally {
        await stop();
      }
    };
    return { ...server, stop: searchAndStop };
  } catch (error) {
    child.kill("SIGKILL");
    await stop();
    throw error;
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new Error(reason));
    const timer = setTimeout(fail, startTimeoutMs, "FerretDB did not start in time");
    child.once("error", reject);
    child.once("close", () => fail("FerretDB ended at once"));
    if (child.stdout === null) return fail("FerretDB has no output to read its address from");
    createInterface(child.stdout).once("line", (line) => {
      clearTimeout(timer);
      resolve(line);
    });
  });
}

function variable(name: string): string | undefined {
  return process.env[name];
}
