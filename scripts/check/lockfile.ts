import { readFile } from "node:fs/promises";

type Lock = { lockfileVersion: number; packages: Record<string, LockedPackage> };
type LockedPackage = {
  link?: boolean;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  version?: string;
};

/**
 * The lock file is version 3, every foreign package carries a SHA-512, comes from no git or web address of its own, and
 * every dependency of ours is pinned exactly.
 */
export async function checkLockfile(): Promise<readonly string[]> {
  const lock = JSON.parse(await readFile("package-lock.json", "utf8")) as Lock; // npm's own format
  const faults: string[] = [];
  if (lock.lockfileVersion !== 3) faults.push(`package-lock.json is version ${lock.lockfileVersion}, not 3`);
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.includes("node_modules/") || entry.link === true) continue;
    if (!entry.integrity?.startsWith("sha512-")) faults.push(`${path} has no sha512`);
    if (/^(git|http:)/.test(entry.resolved ?? "")) faults.push(`${path} comes from ${entry.resolved}`);
  }
  for (const [path, manifest] of Object.entries(lock.packages)) {
    if (path.includes("node_modules/")) continue;
    const wanted = manifest as Record<string, Record<string, string> | undefined>; // the workspace's own package.json, copied by npm
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
      for (const [name, range] of Object.entries(wanted[kind] ?? {})) {
        if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range)) faults.push(`${path || "."} wants ${name} ${range}: not pinned`);
      }
    }
  }
  return faults;
}
