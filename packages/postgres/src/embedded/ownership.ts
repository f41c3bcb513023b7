import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { Placement } from "./placement.ts";
import { isPostgresIn, processIdentity } from "./process-identity.ts";
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
    const ownerLives = owner === undefined || processIdentity(Number(owner.split(":")[0])) === owner;
    if (ownerLives) {
      throw new EmbeddedPostgresError(
        `the data directory ${placement.cluster} is in use by PostgreSQL process ${pid}`,
        { fault: "data-directory-in-use" },
      );
    }
    log.warn({ pid }, "stopping the PostgreSQL that an earlier run left behind");
    process.kill(pid, "SIGINT");
    if (!(await waitUntil(() => processIdentity(pid) === undefined, orphanStopMs))) {
      throw new EmbeddedPostgresError(`PostgreSQL process ${pid} of an earlier run does not stop`, {
        fault: "data-directory-in-use",
      });
    }
  }
  writeFileSync(placement.ownerFile, processIdentity(process.pid) ?? "", { mode: 0o600 });
}

/** Says that nobody holds the cluster any more. */
export function disownCluster(placement: Placement): void {
  rmSync(placement.ownerFile, { force: true });
}

function runningPostmaster(cluster: string): number | undefined {
  const pidFile = join(cluster, "postmaster.pid");
  const pid = Number(readIfPresent(pidFile)?.split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (isPostgresIn(pid, cluster)) return pid;
  // The id now belongs to some other program; PostgreSQL would take that for a running server and refuse.
  if (processIdentity(pid) !== undefined) rmSync(pidFile, { force: true });
  return undefined;
}

function readOwner(placement: Placement): string | undefined {
  return readIfPresent(placement.ownerFile);
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
