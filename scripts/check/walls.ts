import { readFile } from "node:fs/promises";
import { runCommand } from "./run-steps.ts";

const CRUISER = "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs";
/** Reading fewer than this means that the tool saw nothing and passed (style §2.6), not that all is well. */
const MODULES_MIN = 200;

/** The walls stand in the tree, and each of them is seen to fail on the fixture of wrong imports. */
export async function checkWalls(): Promise<readonly string[]> {
  const tree = await cruise(["packages", "services", "bench", "e2e", "scripts", "--exclude", "^scripts/walls/fixture"]);
  const faults = tree.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  if (tree.modules < MODULES_MIN)
    faults.push(`only ${tree.modules} modules were read; at least ${MODULES_MIN} expected`);

  const fixture = await cruise(["scripts/walls/fixture"]);
  const reported = new Set(
    fixture.violations.filter(({ from }) => from.startsWith("scripts/walls/fixture")).map(({ rule }) => rule.name),
  );
  for (const rule of await ruleNames()) {
    if (!reported.has(rule)) faults.push(`the wall ${rule} did not report its wrong import in scripts/walls/fixture`);
  }
  return faults;
}

type Cruise = { modules: number; violations: { rule: { name: string }; from: string; to: string }[] };

async function cruise(targets: readonly string[]): Promise<Cruise> {
  const { stdout } = await runCommand([CRUISER, "--config", ".dependency-cruiser.mjs", "-T", "json", ...targets]);
  const { summary } = JSON.parse(stdout) as { summary: { totalCruised: number; violations: Cruise["violations"] } }; // the tool's documented output
  return { modules: summary.totalCruised, violations: summary.violations };
}

async function ruleNames(): Promise<string[]> {
  const text = await readFile(".dependency-cruiser.mjs", "utf8");
  return [...text.matchAll(/^ {6}name: "([\w-]+)"/gm)].map((match) => match[1] ?? "");
}
