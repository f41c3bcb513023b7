import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { give, type Placement } from "./placement.ts";

const run = promisify(execFile);
const initdbTimeoutMs = 120_000;

/**
 * Makes the cluster if there is none, and returns the superuser's password.
 *
 * UTF-8 with the built-in C.UTF-8 collation (the same on every machine, whatever its libraries), checksums on,
 * passwords by SCRAM for every connection.
 *
 * @throws EmbeddedPostgresError `data-directory-unusable`
 */
export async function ensureCluster(placement: Placement, binaries: Binaries): Promise<string> {
  if (existsSync(join(placement.cluster, "PG_VERSION"))) return readPassword(placement);
  if (existsSync(placement.cluster) && readdirSync(placement.cluster).length > 0) {
    throw unusable(`${placement.cluster} holds files, but no PostgreSQL data`);
  }
  const password = randomBytes(24).toString("base64url");
  writeFileSync(placement.passwordFile, password, { mode: 0o600 });
  try {
    await initialise({ placement, binaries, password });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw unusable(`PostgreSQL could not make its data directory: ${reason}`, error);
  }
  return password;
}

function readPassword(placement: Placement): string {
  try {
    return readFileSync(placement.passwordFile, "utf8").trim();
  } catch (error) {
    throw unusable(`the database in ${placement.cluster} needs its password file ${placement.passwordFile}`, error);
  }
}

async function initialise(options: { placement: Placement; binaries: Binaries; password: string }): Promise<void> {
  const { placement, binaries, password } = options;
  const { account, cluster } = placement;
  // Made aside and renamed, so that an interrupted initdb is never taken for a database.
  const aside = `${cluster}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  const passwordForInitdb = join(dirname(aside), `.initdb-${process.pid}`);
  try {
    give(aside, account);
    writeFileSync(passwordForInitdb, password, { mode: 0o600 });
    give(passwordForInitdb, account);
    await run(
      binaries.initdb,
      [
        `--pgdata=${aside}`,
        "--username=postgres",
        `--pwfile=${passwordForInitdb}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
      ],
      {
        cwd: "/",
        timeout: initdbTimeoutMs,
        env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
        ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
      },
    );
    rmSync(cluster, { recursive: true, force: true });
    renameSync(aside, cluster);
  } finally {
    rmSync(passwordForInitdb, { force: true });
  }
}

function unusable(message: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(message, { fault: "data-directory-unusable", cause });
}
