import { createHash } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Account, canReach, unprivilegedAccount } from "./account.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

/** Where the parts of one embedded server live. */
export interface Placement {
  /** Undefined: PostgreSQL runs as we do. */
  readonly account: Account | undefined;
  /** The cluster itself (PGDATA); differs from the wanted place when `account` could not reach that. */
  readonly cluster: string;
  /** Where programs are copied if they do not run where npm put them. */
  readonly copyDirectory: string;
  /** Superuser's password, readable by its owner only. */
  readonly passwordFile: string;
  /** Says which process of ours holds the server. */
  readonly ownerFile: string;
}

const placeForEverybody = "/var/lib/comanda";

/**
 * Decides where the cluster lives and who owns it, and makes the folders.
 *
 * @throws EmbeddedPostgresError `data-directory-unusable` when a folder cannot be made
 */
export function placeCluster(dataDir: string): Placement {
  const wanted = resolve(dataDir);
  try {
    mkdirSync(dirname(wanted), { recursive: true });
    // The real path: PostgreSQL reports its directory without symbolic links, and we compare.
    const parent = realpathSync(dirname(wanted));
    const beside = (suffix: string) => join(parent, `${basename(wanted)}.${suffix}`);
    const files = { passwordFile: beside("password"), ownerFile: beside("owner") };
    const direct = join(parent, basename(wanted));
    const account = unprivilegedAccount(clusterNotedIn(direct) ?? direct);
    if (account === undefined) return { account, cluster: direct, copyDirectory: beside("programs"), ...files };

    const reachable = canReach(account, direct) && clusterNotedIn(direct) === undefined;
    const cluster = reachable ? direct : (clusterNotedIn(direct) ?? elsewhere(direct));
    mkdirSync(dirname(cluster), { recursive: true });
    if (!reachable) noteMove(direct, cluster);
    return { account, cluster, copyDirectory: placeForEverybody, ...files };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresError(`cannot make the data directory ${wanted}: ${reason}`, {
      fault: "data-directory-unusable",
      cause: error,
    });
  }
}

function elsewhere(direct: string): string {
  const hash = createHash("sha256").update(direct).digest("hex").slice(0, 16);
  return join(placeForEverybody, hash, "cluster");
}

const noteName = "MOVED.txt";

function noteMove(direct: string, cluster: string): void {
  mkdirSync(direct, { recursive: true });
  writeFileSync(
    join(direct, noteName),
    `${cluster}\n\nPostgreSQL does not run as root, and the account it runs under cannot enter this folder.\nIts data is in the directory named in the first line.\n`,
  );
}

function clusterNotedIn(direct: string): string | undefined {
  const note = join(direct, noteName);
  return existsSync(note) ? readFileSync(note, "utf8").split("\n")[0] : undefined;
}

/** Gives `path` to the account, if there is one. */
export function give(path: string, account: Account | undefined): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}
