import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { Placement } from "./placement.ts";
import { isAlive, isAnyPostgresIn, isKnown, isPostgresIn, processIdentity } from "./process-identity.ts";
import { waitUntil } from "./wait-until.ts";

const orphanStopMs = 20_000;

/**
 * Makes sure that no server runs on the cluster: stops one that an earlier process of ours left behind, and
 * refuses when somebody still uses it.
 *
 * A `postmaster.pid` of a process that lives and is a PostgreSQL is never removed: two servers on one cluster
 * destroy it. One whose process is gone is left for PostgreSQL itself to judge.
 *
 * @throws EmbeddedPostgresError `data-directory-in-use`
 */
export async function claimCluster(placement: Placement, log: Log): Promise<void> {
  const pid = runningPostmaster(placement.cluster);
  if (pid !== undefined) {
    const owner = readOwner(placement);
    if (owner === undefined || isOwnerAlive(owner)) {
      throw new EmbeddedPostgresError(
        `the data directory ${placement.cluster} is in use by PostgreSQL process ${pid}`,
        { fault: "data-directory-in-use" },
      );
    }
    log.warn({ pid }, "stopping the PostgreSQL that an earlier run left behind");
    process.kill(pid, "SIGINT");
    if (!(await waitUntil(() => !isAlive(pid), orphanStopMs))) {
      throw new EmbeddedPostgresError(`PostgreSQL process ${pid} of an earlier run does not stop`, {
        fault: "data-directory-in-use",
      });
    }
  }
  await removeMisleadingPidFile(placement.cluster);
  writeFileSync(placement.ownerFile, processIdentity(process.pid) ?? "", { mode: 0o600 });
}

/**
 * Whether a process of ours claimed the cluster and died without giving it back.
 */
export function isAbandoned(placement: Placement): boolean {
  const owner = readOwner(placement);
  return owner !== undefined && !isOwnerAlive(owner);
}

/** Says that nobody holds the cluster any more. */
export function disownCluster(placement: Placement): void {
  rmSync(placement.ownerFile, { force: true });
}

function runningPostmaster(cluster: string): number | undefined {
  const pid = pidIn(cluster);
  return pid !== undefined && isPostgresIn(pid, cluster) ? pid : undefined;
}

/**
 * Removes a pid file whose id now belongs to some other program, or to a process that ended and was never reaped:
 * PostgreSQL would take either for a running server and refuse. Its own children must be gone first.
 */
async function removeMisleadingPidFile(cluster: string): Promise<void> {
  const pid = pidIn(cluster);
  if (pid === undefined || !isKnown(pid)) return;
  if (await waitUntil(() => !isAnyPostgresIn(cluster), orphanStopMs))
    rmSync(join(cluster, "postmaster.pid"), { force: true });
}

function pidIn(cluster: string): number | undefined {
  const pid = Number(readIfPresent(join(cluster, "postmaster.pid"))?.split("\n")[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function readOwner(placement: Placement): string | undefined {
  return readIfPresent(placement.ownerFile);
}

function isOwnerAlive(owner: string): boolean {
  return processIdentity(Number(owner.split(":")[0])) === owner;
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
