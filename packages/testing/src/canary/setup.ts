// Run by Vitest before each test file, in its process: keeps what the file plants and writes, and searches it when the
// file ends (reliability OP-50: "grep after full suite").
import { relative } from "node:path";
import { afterAll, expect } from "vitest";
import { listen } from "./listen.ts";
import { keepFromNowOn } from "./planted.ts";
import { searchKept, tellFindings } from "./search-kept.ts";
import { LAWFUL_IN_TESTS } from "./suite-lawful.ts";
import { writeReport } from "./suite-report.ts";

const kept = keepFromNowOn();
listen();

// The first to be registered is the last to be run: by now the file has closed what it opened.
afterAll(async () => {
  const file = relative(process.cwd(), expect.getState().testPath ?? "");
  for (const read of kept.databases) await read();
  const { findings, report } = searchKept(kept, file, LAWFUL_IN_TESTS);
  writeReport(report);
  if (findings.length > 0) throw new Error(tellFindings(file, findings));
}, 120_000);
