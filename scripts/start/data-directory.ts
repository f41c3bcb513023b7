import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { processIdentity } from "@comanda/postgres/embedded";
import type { Settings } from "./settings.ts";
import { codeOf, reasonOf, StartFailure } from "./start-failure.ts";

/** The data directory while it is ours. */
export type DataDirectory = {
  /** An earlier start ended without cleaning up; some of its processes may just be stopping. */
  readonly wasAbandoned: boolean;
  readonly release: () => void;
};

/**
 * Makes the data directory and takes it for this process alone.
 *
 * @throws StartFailure when it cannot be written to, or another start uses it
 */
export function claimDataDirectory({ dataDir, dataDirShown }: Settings): DataDirectory {
  const lock = join(dataDir, "start.lock");
  try {
    // On a read-only disk a recursive mkdir says "not found"; this says what it is.
    accessSync(nearestExisting(dataDir), constants.W_OK);
    // As root PostgreSQL runs under another account, which must be able to pass; what is private has its own mode.
    makeFolder(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
    accessSync(dataDir, constants.W_OK);
    for (const folder of ["secrets", "logs", "sandbox", "cache"])
      mkdirSync(join(dataDir, folder), { recursive: true, mode: 0o700 });
    const wasAbandoned = takeLock({ lock, dataDirShown });
    return { wasAbandoned, release: () => rmSync(lock, { force: true }) };
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw unwritable({ dataDirShown, cause: error });
  }
}

/** Node's own way down hangs for ever where a folder exists and nothing can be made in it (`/proc`). */
function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path));
}

function takeLock({ lock, dataDirShown }: { lock: string; dataDirShown: string }): boolean {
  const us = processIdentity(process.pid) ?? String(process.pid);
  for (let wasAbandoned = false; ; wasAbandoned = true) {
    try {
      writeFileSync(lock, us, { flag: "wx", mode: 0o600 });
      return wasAbandoned;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const owner = readFileSync(lock, "utf8");
    const pid = Number.parseInt(owner, 10);
    if (pid > 0 && processIdentity(pid) === owner) {
      throw new StartFailure({
        pt: `A pasta de dados ${dataDirShown} já está em uso por outro npm start (processo ${pid}); pare-o ou escolha outra com DATA_DIR.`,
        en: `The data directory ${dataDirShown} is in use by another npm start (process ${pid}); stop it or choose another with DATA_DIR.`,
      });
    }
    rmSync(lock, { force: true });
  }
}

function unwritable({ dataDirShown, cause }: { dataDirShown: string; cause: unknown }): StartFailure {
  if (codeOf(cause) === "ENOSPC") {
    const words = { pt: "Não há espaço no disco.", en: "The disk is full." };
    return new StartFailure(words, { cause });
  }
  return new StartFailure(
    {
      pt: `Não é possível gravar na pasta de dados ${dataDirShown} (${codeOf(cause) ?? reasonOf(cause)}); escolha outra com DATA_DIR.`,
      en: `The data directory ${dataDirShown} cannot be written to (${codeOf(cause) ?? reasonOf(cause)}); choose another with DATA_DIR.`,
    },
    { cause },
  );
}
