import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A system account under which a process is spawned. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account PostgreSQL must run under, or undefined when it may run as we do.
 *
 * PostgreSQL refuses to run as root. As root we take the owner of an existing cluster, else the system's
 * `postgres`, else `nobody`.
 */
export function unprivilegedAccount(clusterDirectory: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return (
    ownerOf(clusterDirectory) ?? accountNamed("postgres") ?? accountNamed("nobody") ?? { uid: 65_534, gid: 65_534 }
  );
}

function ownerOf(directory: string): Account | undefined {
  const owner = statSync(directory, { throwIfNoEntry: false });
  return owner === undefined || owner.uid === 0 ? undefined : { uid: owner.uid, gid: owner.gid };
}

function accountNamed(name: string): Account | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Whether `account` can walk down to `path`, itself excluded: every directory above must let it enter. */
export function canReach(account: Account, path: string): boolean {
  for (let directory = dirname(resolve(path)); ; directory = dirname(directory)) {
    const found = statSync(directory, { throwIfNoEntry: false });
    if (found !== undefined && !canEnter(account, found)) return false;
    if (directory === dirname(directory)) return true;
  }
}

function canEnter(account: Account, directory: { uid: number; gid: number; mode: number }): boolean {
  if (directory.uid === account.uid) return (directory.mode & 0o100) !== 0;
  if (directory.gid === account.gid) return (directory.mode & 0o010) !== 0;
  return (directory.mode & 0o001) !== 0;
}
