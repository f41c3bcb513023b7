// Runs the tests: `npm test`, or `npm test -- services/order` for a part of them. A skipped test is said aloud by
// itself; under CI it is a failure.
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { writeSummary } from "./check/summary.ts";

const RESULTS = ".cache/test-results.json";
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const isAutomatic = process.env["CI"] === "true" || process.env["CI"] === "1";
const asked = process.argv.slice(2);
// Whoever names another reporter does not want every line twice; the counts are always read from the JSON.
const shown = asked.some((option) => option.startsWith("--reporter")) ? [] : ["--reporter=default"];
const reporters = [...shown, "--reporter=json", `--outputFile.json=${RESULTS}`];
const plain = isAutomatic ? ["--no-color"] : [];

await rm(RESULTS, { force: true });
const child = spawn(process.execPath, [vitest, "run", ...reporters, ...plain, ...asked], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", async (code) => {
  const skipped = await summarise();
  if (isAutomatic && skipped > 0) console.error(`${skipped} tests were skipped; under CI that is a failure`);
  process.exit(code === 0 && isAutomatic && skipped > 0 ? 1 : (code ?? 1));
});

/** Keeps the counts for CI's closing line and gives back how many tests were skipped. */
async function summarise(): Promise<number> {
  try {
    const results = JSON.parse(await readFile(RESULTS, "utf8")) as Record<string, number>; // Vitest's JSON report
    const { numPassedTests: passed = 0, numFailedTests: failed = 0, numPendingTests: skipped = 0 } = results;
    await writeSummary("test", { passed, failed: failed + (isAutomatic ? skipped : 0) });
    return skipped;
  } catch {
    // Vitest ended before it could report; its exit code tells.
    return 0;
  }
}
