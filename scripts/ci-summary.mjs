// Adds up what the checks and the tests wrote, and prints the closing line of CI. A run that left no summary, or whose
// summary says that all is well although its exit code does not, counts as one failure.
import { readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const [name, code] of [
  ["check", process.argv[2]],
  ["test", process.argv[3]],
]) {
  const counts = read(`.cache/${name}-summary.json`);
  passed += counts.passed;
  failed += counts.failed;
  if (code !== "0" && counts.failed === 0) failed += 1;
  if (counts.passed === 0 && counts.failed === 0) failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { passed: 0, failed: 0 };
  }
}
