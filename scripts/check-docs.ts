/**
 * Proves that documents speak of what exists: scripts, paths, variables, links. The README's tour is run by
 * `e2e/tour.test.ts` through `tourScript`.
 */
import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The documents in which every row of a table names the test that shows it, in its last column. */
const PROVEN: ReadonlySet<string> = new Set(["docs/payments.md", "docs/mercadopago-quality.md"]);

/** Everything that a document names and that is not there. */
export async function checkDocuments(): Promise<readonly string[]> {
  const scripts = await npmScripts();
  const variables = await knownVariables();
  const titles = await testTexts();
  const faults: string[] = [];
  let count = 0;
  for await (const path of glob([
    "*.md",
    "docs/**/*.md",
    "services/*/README.md",
    "packages/*/README.md",
    "bench/README.md",
    "e2e/**/README.md",
  ])) {
    count += 1;
    const text = await readFile(path, "utf8");
    const missing = [
      ...missingScripts(text, scripts),
      ...missingLinks(text, dirname(path)),
      ...missingPaths(text, dirname(path)),
      ...missingVariables(text, variables),
      ...(PROVEN.has(path) ? missingTests(text, titles) : []),
    ];
    faults.push(...missing.map((fault) => `${path}: ${fault}`));
  }
  if (count < 10) faults.push(`only ${count} documents were read`);
  faults.push(...(await unnamedJourneys()));
  faults.push(...(await untoldSettings()));
  const readme = (await readFile("README.md", "utf8")).trimEnd().split("\n");
  if (readme.length > 150) faults.push(`README.md has ${readme.length} lines; a newcomer reads 150`);
  return faults;
}

/**
 * The README's tour as one script, with the addresses of a started system.
 * @returns the script, and the texts that the tour promises (`# → …`) in order
 */
export async function tourScript(places: {
  readonly web: string;
  readonly sandbox: string;
  readonly dataDir: string;
}): Promise<{ readonly script: string; readonly promises: readonly string[] }> {
  const text = await readFile("README.md", "utf8");
  const tour = text.slice(text.indexOf("## A five-minute tour"), text.indexOf("## Map"));
  const blocks = [...tour.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
  if (blocks.length < 4) throw new Error("the README's tour has lost its steps");
  const script = blocks
    .join("\n")
    .replaceAll("http://localhost:8080", places.web)
    .replaceAll("http://localhost:8003", places.sandbox)
    .replaceAll(".data/", `${places.dataDir}/`);
  const promises = [...script.matchAll(/# → (.+)$/gm)].map((match) => (match[1] ?? "").trim());
  return { script: `set -euo pipefail\n${script}`, promises };
}

async function npmScripts(): Promise<ReadonlySet<string>> {
  const manifest = JSON.parse(await readFile("package.json", "utf8")) as { scripts: Record<string, string> }; // our own file
  return new Set([...Object.keys(manifest.scripts), "ci", "install"]);
}

/** Every variable that some settings schema or script reads. */
async function knownVariables(): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const path of glob([
    "services/*/src/config.ts",
    "packages/*/src/**/*.ts",
    "scripts/**/*.ts",
    "scripts/*.mjs",
  ])) {
    const text = await readFile(path, "utf8");
    for (const [name] of text.matchAll(/\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b/g)) names.add(name);
  }
  for (const name of ["HOST", "CI", "BENCH_SECONDS", "BENCH_ROUNDS", "BENCH_ROWS"]) names.add(name);
  return names;
}

function missingScripts(text: string, scripts: ReadonlySet<string>): string[] {
  return [...text.matchAll(/\bnpm (?:run )?([a-z][\w-]*)/g)]
    .filter(
      ([whole, name = ""]) => (whole.includes("npm run ") || ["start", "test"].includes(name)) && !scripts.has(name),
    )
    .map(([whole]) => `there is no script for \`${whole}\``);
}

function missingLinks(text: string, folder: string): string[] {
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !existsSync(join(folder, target)))
    .map((target) => `the link to ${target} leads nowhere`);
}

/** The tests of the whole system that its README does not tell of. */
async function unnamedJourneys(): Promise<string[]> {
  const told = await readFile("e2e/README.md", "utf8");
  const faults: string[] = [];
  for await (const path of glob("e2e/*.test.ts")) {
    if (!told.includes(`\`${basename(path)}\``)) faults.push(`e2e/README.md: ${basename(path)} is not in its table`);
  }
  return faults;
}

/** The settings of services that the page of all settings does not tell of. */
async function untoldSettings(): Promise<string[]> {
  const told = await readFile("docs/configuration.md", "utf8");
  const faults: string[] = [];
  for await (const path of glob("services/*/src/config.ts")) {
    for (const [, name = ""] of (await readFile(path, "utf8")).matchAll(/^ {2}([A-Z][A-Z_]+): /gm)) {
      if (!told.includes(`\`${name}\``)) faults.push(`docs/configuration.md: ${name} of ${path} is not in it`);
    }
  }
  return faults;
}

/** Paths from the root, or from the document's own folder, that are not there. */
export function missingPaths(text: string, folder: string): string[] {
  return [...text.matchAll(/`((?:services|packages|scripts|docs|e2e|bench|src|test)\/[\w./-]+)`/g)]
    .map(([, path = ""]) => path.replace(/\/$/, ""))
    .filter((path) => !existsSync(path) && !existsSync(join(folder, path)))
    .map((path) => `there is no ${path}`);
}

/** The texts of all tests of the services, of the whole and of the scripts, for names that must stand in them. */
async function testTexts(): Promise<string> {
  const texts: string[] = [];
  for await (const path of glob(["services/*/{src,test}/**/*.ts", "e2e/**/*.test.ts", "scripts/**/*.test.ts"])) {
    if (/\.test\.ts$|\/contract[\w-]*\.ts$/.test(path)) texts.push(await readFile(path, "utf8"));
  }
  return texts.join("\n");
}

/** What no test can show says why not, in the same place. */
const NOT_APPLICABLE = /^not applicable, because \S+ \S+ \S+/;

/** Every row of every table that names no test, or one that is not there. */
export function missingTests(text: string, tests: string): string[] {
  const lines = text.split("\n");
  // The line above a rule is the table's head.
  const rows = lines.filter((line, index) => /^\| (?!---)/.test(line) && !/^\| ---/.test(lines[index + 1] ?? ""));
  return rows.flatMap((row) => {
    const last = (row.split("|").at(-2) ?? "").trim();
    if (NOT_APPLICABLE.test(last)) return [];
    const names = [...last.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    if (names.length === 0) return [`no test is named for: ${row.slice(0, 60)}`];
    return names.filter((name) => !tests.includes(name)).map((name) => `there is no test "${name}"`);
  });
}

function missingVariables(text: string, known: ReadonlySet<string>): string[] {
  return [...text.matchAll(/`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)`/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, "")))
    .map((name) => `nothing reads the variable ${name}`);
}
