import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readdir, readFile, readlink, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./account.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Paths of the programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * Finds the PostgreSQL that npm brought and makes it runnable for `account`.
 *
 * The packages carry their library links as a list, to be made by an install script; install scripts are off
 * here, so the links are made now. Where the account cannot enter the folder (a clone below /root, say) or the
 * folder is read-only, the programs are copied once to `copyDirectory`.
 *
 * @throws EmbeddedPostgresError `binaries-missing`
 */
export async function prepareBinaries(options: {
  readonly account: Account | undefined;
  readonly copyDirectory: string;
}): Promise<Binaries> {
  const installed = await locateInstalled();
  const linked = await makeLibraryLinks(installed.native, installed.native).then(
    () => true,
    () => false,
  );
  const inPlace = programsIn(installed.native);
  if (linked && (await runs(inPlace, options.account))) return inPlace;

  const copy = join(options.copyDirectory, `postgresql-${installed.version}`);
  if (!(await runs(programsIn(copy), options.account))) await copyOnce(installed.native, copy);
  const copied = programsIn(copy);
  if (await runs(copied, options.account)) return copied;
  throw new EmbeddedPostgresError(`the PostgreSQL programs in ${copy} do not run on this machine`, {
    fault: "binaries-missing",
  });
}

async function locateInstalled(): Promise<{ native: string; version: string }> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const fromWrapper = createRequire(require.resolve("embedded-postgres"));
    const root = dirname(dirname(fromWrapper.resolve(name)));
    const manifest: unknown = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const version = Reflect.get(Object(manifest), "version");
    return { native: join(root, "native"), version: String(version) };
  } catch (error) {
    const hint = `the npm package ${name} is not installed (optional dependencies left out, or an unsupported machine)`;
    throw new EmbeddedPostgresError(hint, { fault: "binaries-missing", cause: error });
  }
}

function programsIn(native: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string) => join(native, "bin", `${name}${suffix}`);
  return { initdb: program("initdb"), postgres: program("postgres"), pgCtl: program("pg_ctl") };
}

async function makeLibraryLinks(installed: string, native: string): Promise<void> {
  // A package without the list (macOS, Windows) has whole libraries.
  const list = await readFile(join(installed, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const entries: unknown = JSON.parse(list);
  if (!Array.isArray(entries)) return;
  for (const entry of entries) {
    const source = basename(String(Reflect.get(Object(entry), "source")));
    const target = join(native, String(Reflect.get(Object(entry), "target")).replace(/^native\//, ""));
    if ((await readlink(target).catch(() => undefined)) === source) continue;
    await symlink(source, target).catch((error: NodeJS.ErrnoException) => {
      // A second start at the same moment made it first.
      if (error.code !== "EEXIST") throw error;
    });
  }
}

async function runs(binaries: Binaries, account: Account | undefined): Promise<boolean> {
  const identity = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  // The working directory may be one the account cannot enter.
  const options = { ...identity, cwd: "/", timeout: 20_000 };
  try {
    await run(binaries.postgres, ["--version"], options);
    await run(binaries.initdb, ["--version"], options);
    return true;
  } catch {
    return false;
  }
}

async function copyOnce(native: string, copy: string): Promise<void> {
  await mkdir(dirname(copy), { recursive: true });
  // Made aside and renamed, so that an interrupted copy is never taken for a whole one.
  const aside = `${copy}.${process.pid}`;
  await rm(aside, { recursive: true, force: true });
  await cp(native, aside, { recursive: true, verbatimSymlinks: true });
  await letEverybodyRead(aside);
  await makeLibraryLinks(native, aside);
  await rm(copy, { recursive: true, force: true });
  await rename(aside, copy);
}

async function letEverybodyRead(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await letEverybodyRead(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
