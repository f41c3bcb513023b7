import { readFile } from "node:fs/promises";

/** What of `package-lock.json` this check reads. */
type Lock = { readonly lockfileVersion: number; readonly packages: Readonly<Record<string, LockedPackage>> };
type LockedPackage = {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/**
 * The lock file is version 3, every foreign package carries a SHA-512 and no address of its own (it comes from the registry
 * of whoever installs), packages for other systems are in it as well (else `npm ci` refuses it, and what is installed there
 * is held to nothing), and every dependency of ours is pinned exactly.
 */
export async function checkLockfile(): Promise<readonly string[]> {
  return faultsOfLock(JSON.parse(await readFile("package-lock.json", "utf8")) as Lock); // npm's own format
}

/** What is wrong with a lock file, one sentence each. */
export function faultsOfLock(lock: Lock): readonly string[] {
  const faults: string[] = [];
  if (lock.lockfileVersion !== 3) faults.push(`package-lock.json is version ${lock.lockfileVersion}, not 3`);
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.includes("node_modules/")) continue;
    if (entry.link === true) {
      if (!/^(services|packages)\/[\w-]+$|^(bench|e2e)$/.test(entry.resolved ?? ""))
        faults.push(`${path} leads to ${entry.resolved}`);
      continue;
    }
    if (!entry.integrity?.startsWith("sha512-")) faults.push(`${path} has no sha512`);
    if (entry.resolved !== undefined) faults.push(`${path} comes from ${entry.resolved}`);
  }
  const locked = new Set(Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf("node_modules/"))));
  for (const [path, { optionalDependencies: others = {} }] of Object.entries(lock.packages)) {
    for (const name of Object.keys(others)) {
      if (!locked.has(`node_modules/${name}`)) faults.push(`${path || "."} may bring ${name}, which is not locked`);
    }
  }
  for (const [path, manifest] of Object.entries(lock.packages)) {
    if (path.includes("node_modules/")) continue;
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies"] as const) {
      for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
        if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range)) faults.push(`${path || "."} wants ${name} ${range}: not pinned`);
      }
    }
  }
  return faults;
}
