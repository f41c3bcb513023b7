import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** Whether a process with this id runs now, ours or not; one that has ended and was not yet reaped does not run. */
export function isAlive(pid: number): boolean {
  return processIdentity(pid) !== undefined;
}

/** Whether the system still knows this id; PostgreSQL takes that for a running server. */
export function isKnown(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * A word that stays the same while process `pid` lives and differs for any later process with the same id
 * (ids are used again, above all after a restart of a container). Undefined when there is no such process.
 */
export function processIdentity(pid: number): string | undefined {
  if (!isKnown(pid)) return undefined;
  try {
    if (process.platform === "linux") {
      const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // Field 22, start time in clock ticks; fields are counted after the name, which may hold spaces (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z") return undefined;
      return `${pid}:${bootId}:${fields[19]}`;
    }
    if (process.platform === "win32") return String(pid);
    const startedAt = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
    return `${pid}:${startedAt.trim()}`;
  } catch {
    // The process ended while it was being looked at, or its details are hidden: the second is told by its id alone.
    return isKnown(pid) ? String(pid) : undefined;
  }
}

/**
 * Whether process `pid` is a PostgreSQL server working in `directory`. Where the system hides the working
 * directory of a process, its program name decides alone, which errs on the safe side.
 */
export function isPostgresIn(pid: number, directory: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === "win32") return true;
  if (process.platform !== "linux") {
    const program = execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return basename(program).startsWith("postgres");
  }
  try {
    const program = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    if (!program.startsWith("postgres")) return false;
    return readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch {
    return isAlive(pid);
  }
}

/** Whether any process of a PostgreSQL works in `directory`; known on Linux only, elsewhere always false. */
export function isAnyPostgresIn(directory: string): boolean {
  if (process.platform !== "linux") return false;
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.some((pid) => isPostgresIn(pid, directory));
}
