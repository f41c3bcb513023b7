import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { prepareBinaries } from "./embedded/binaries.ts";
import { ensureCluster } from "./embedded/cluster.ts";
import { claimCluster, disownCluster, isAbandoned } from "./embedded/ownership.ts";
import { placeCluster } from "./embedded/placement.ts";
import { type Postmaster, type PostmasterOptions, startPostmaster } from "./embedded/postmaster.ts";
import { prepareTenant, type Tenant } from "./embedded/tenant.ts";
import type { Log } from "./log.ts";
import { sqlState } from "./sql-state.ts";

// biome-ignore lint/performance/noBarrelFile: this file is the entry @comanda/postgres/embedded of the package
export { EmbeddedPostgresError, type EmbeddedPostgresFault } from "./embedded/embedded-postgres-error.ts";
export { isAlive, processIdentity } from "./embedded/process-identity.ts";

/** Which cluster to run, and how. */
export interface EmbeddedPostgresOptions {
  /** Folder of the cluster; beside it stand `<dataDir>.password` (0600) and `<dataDir>.owner`. */
  readonly dataDir: string;
  /** TCP port on 127.0.0.1; 0 or absent picks a free one. */
  readonly port?: number;
  readonly log: Log;
  /** Server settings, given on the command line, over ours (which are durable). */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  readonly port: number;
  /** Process id of the server now; it changes when a crashed server was started again. */
  readonly pid: number;
  /** The administrator's connection string of one of its databases, password included. */
  url(database: string): string;
  createDatabaseIfMissing(name: string): Promise<void>;
  /**
   * Makes a database, if missing, that belongs to a role of the same name which can do nothing but use it.
   * @returns that role's connection string, password included
   */
  openTenant(tenant: Tenant): Promise<string>;
  /** Ends all connections, writes everything down, stops the server; never takes longer than 15 s. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that npm brought on the cluster in `dataDir`, which is made if missing.
 *
 * The server listens on 127.0.0.1 only and never loses what it acknowledged. Started as root it runs under an
 * unprivileged account. If it crashes, it is started again on the same port. A server left behind by a process of
 * ours that died is stopped first.
 *
 * @throws EmbeddedPostgresError with the reason in `fault`
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const placement = placeCluster(options.dataDir);
  const binaries = await prepareBinaries(placement);
  await claimCluster(placement, log);
  const password = await ensureCluster(placement, binaries);
  const start = { binaries, placement, settings: options.settings ?? {}, log, port: options.port ?? 0 };
  const server = await keepRunning(start);
  const urlAs = (user: string, secret: string) => (database: string) =>
    `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`;
  const url = urlAs("postgres", password);
  return {
    port: server.port,
    get pid() {
      return server.pid();
    },
    url,
    createDatabaseIfMissing: (name) => createDatabaseIfMissing(url("postgres"), name),
    async openTenant(tenant) {
      await createDatabaseIfMissing(url("postgres"), tenant.name);
      await prepareTenant(url, tenant);
      return urlAs(tenant.name, tenant.password)(tenant.name);
    },
    async stop() {
      await server.stop();
      disownCluster(placement);
    },
  };
}

/** Whether the cluster in `dataDir` was left behind by a process that died without stopping its server. */
export function isClusterAbandoned(dataDir: string): boolean {
  return isAbandoned(placeCluster(dataDir));
}

/**
 * Connection string of a database of the cluster in `dataDir`, while some process of this machine runs it; `null` when
 * nobody does. For tools beside the system; they need the right to read the password's file.
 */
export function runningClusterUrl(dataDir: string, database: string): string | null {
  if (!existsSync(dataDir)) return null;
  const { cluster, passwordFile } = placeCluster(dataDir);
  try {
    // Its fourth line is the port (PostgreSQL, "postmaster.pid").
    const port = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n")[3]?.trim();
    const password = readFileSync(passwordFile, "utf8").trim();
    if (port === undefined) return null;
    return `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

interface KeptServer {
  readonly port: number;
  pid(): number;
  stop(): Promise<void>;
}

async function keepRunning(options: PostmasterOptions): Promise<KeptServer> {
  let isStopping = false;
  let server: Postmaster = await startPostmaster(options);
  const { port } = server;
  let restarting: Promise<void> = Promise.resolve();
  const watch = (watched: Postmaster): void => {
    void watched.ended.then(() => {
      if (isStopping) return;
      options.log.warn({ pid: watched.pid }, "PostgreSQL ended unexpectedly, starting it again");
      restarting = startPostmaster({ ...options, port }).then(
        (next) => {
          server = next;
          options.log.warn({ pid: next.pid }, "PostgreSQL is back");
          watch(next);
        },
        (error: unknown) => options.log.warn({ err: error }, "PostgreSQL could not be started again"),
      );
    });
  };
  watch(server);
  return {
    port,
    pid: () => server.pid,
    async stop() {
      isStopping = true;
      await restarting;
      await server.stop();
    },
  };
}

async function createDatabaseIfMissing(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    // Somebody else made it between the two statements.
    if (code !== sqlState.duplicateDatabase && code !== sqlState.uniqueViolation) throw error;
  } finally {
    await client.end();
  }
}
