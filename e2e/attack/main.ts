// `npm run fuzz -- --requests 200000 --seed 7`: asks every operation of every service, right and wrong in many ways.
import { parseArgs } from "node:util";
import { describeFuzz } from "./describe-fuzz.ts";
import { openHouse } from "./house.ts";
import { runFuzz } from "./run-fuzz.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string" },
  },
});
const house = await openHouse();
try {
  const only = values.only === undefined ? {} : { only: Number(values.only) };
  const report = await runFuzz(house, { requests: Number(values.requests), seed: Number(values.seed), ...only });
  process.stdout.write(`seed ${values.seed}\n${describeFuzz(report)}\n`);
  // One request alone reaches one operation.
  const missed = values.only === undefined ? [...report.neverReached, ...report.needlessExcuses] : [];
  process.exitCode = report.findings.length + missed.length === 0 ? 0 : 1;
} finally {
  await house.close();
}
