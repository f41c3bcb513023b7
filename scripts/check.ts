/** `npm run check`: format, lint, types, walls, dead code, documents, dependencies; under a minute, nothing started. */

import { checkAsvs, warnOfAcceptances } from "./check/asvs.ts";
import { checkDecisions } from "./check/decision-form.ts";
import { checkLockfile } from "./check/lockfile.ts";
import { checkOperationNames } from "./check/operation-names.ts";
import { checkRequirements } from "./check/requirements.ts";
import { runSteps } from "./check/run-steps.ts";
import { writeSummary } from "./check/summary.ts";
import { checkSupplyChain } from "./check/supply-chain.ts";
import { checkTests } from "./check/test-discipline.ts";
import { checkWalls } from "./check/walls.ts";
import { checkDocuments } from "./check-docs.ts";
import { checkOpenApi } from "./openapi.ts";

const { passed, failed } = await runSteps([
  { name: "format and lint", command: ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off", "."] },
  { name: "types", command: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"] },
  { name: "dead code", command: ["node_modules/knip/bin/knip.js", "--no-config-hints"] },
  { name: "walls", run: checkWalls },
  { name: "OpenAPI documents in step with the routes", run: checkOpenApi },
  { name: "routes named as their operations", run: checkOperationNames },
  { name: "documents name only what exists", run: checkDocuments },
  { name: "ids, sections and pages that are named are there", run: checkRequirements },
  { name: "decisions say when, whether and why", run: checkDecisions },
  { name: "tests: none focused, skipped or promised", run: checkTests },
  { name: "ASVS register", run: checkAsvs, warn: warnOfAcceptances },
  { name: "lock file", run: checkLockfile },
  { name: "licences and install scripts", run: checkSupplyChain },
]);
await writeSummary("check", { passed, failed });
process.exit(failed === 0 ? 0 : 1);
