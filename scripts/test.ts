// Runs the tests: `npm test`, or `npm test -- services/order` for a part of them. A skipped test is said aloud by
// itself; under CI it is a failure. A whole run is also judged by what was searched for planted values (e2e/README.md,
// "The canary").
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { judgeSuite } from "@comanda/testing/judge-suite";
import { writeSummary } from "./check/summary.ts";

const RESULTS = ".cache/test-results.json";
const REPORTS = resolve(".cache/suite-canary");
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const isAutomatic = process.env["CI"] === "true" || process.env["CI"] === "1";
const asked = process.argv.slice(2);
// Whoever names another reporter does not want every line twice; the counts are always read from the JSON.
const shown = asked.some((option) => option.startsWith("--reporter")) ? [] : ["--reporter=default"];
const reporters = [...shown, "--reporter=json", `--outputFile.json=${RESULTS}`];
const plain = isAutomatic ? ["--no-color"] : [];

await rm(RESULTS, { force: true });
await rm(REPORTS, { recursive: true, force: true });
await mkdir(REPORTS, { recursive: true });
const child = spawn(process.execPath, [vitest, "run", ...reporters, ...plain, ...asked], {
  stdio: "inherit",
  env: { ...process.env, SUITE_CANARY_DIR: REPORTS },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", async (code) => {
  // A part of the suite searches only its own places: that is told by its files themselves.
  const faults = asked.length === 0 ? judgeSuite(REPORTS, { isMongoWanted: isAutomatic }) : [];
  for (const fault of faults) console.error(`the search for planted values: ${fault}`);
  const skipped = await summarise(faults.length);
  if (isAutomatic && skipped > 0) console.error(`${skipped} tests were skipped; under CI that is a failure`);
  const isBad = faults.length > 0 || (isAutomatic && skipped > 0);
  process.exit(code === 0 && isBad ? 1 : (code ?? 1));
});

/** Keeps the counts for CI's closing line and gives back how many tests were skipped. */
async function summarise(faults: number): Promise<number> {
  try {
    const results = JSON.parse(await readFile(RESULTS, "utf8")) as Record<string, number>; // Vitest's JSON report
    const { numPassedTests: passed = 0, numFailedTests: failed = 0, numPendingTests: skipped = 0 } = results;
    await writeSummary("test", { passed, failed: failed + faults + (isAutomatic ? skipped : 0) });
    return skipped;
  } catch {
    // Vitest ended before it could report; its exit code tells.
    return 0;
  }
}
