import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LawfulInTest } from "./suite-lawful.ts";

/** What was searched in one test file. */
export type FileReport = {
  readonly file: string;
  /** How many values were planted, by what they are. */
  readonly planted: Readonly<Record<string, number>>;
  /** How many texts were searched, by sort of place. */
  readonly searched: Readonly<Record<string, number>>;
  /** Words of the allow-list that this file needed. */
  readonly needed: readonly string[];
  /** How long the search took, the reading of databases left out. */
  readonly milliseconds: number;
};

/** A word of the allow-list, as reports name it. */
export const wordOf = ({ file, place, what }: LawfulInTest) => `${file.source} ${place.source} ${what.source}`;

/** The sort of a place: `log of auth`, `column order`; of files and refusals what they are of. */
export function sortOf(place: string): string {
  return /^(?:column \w+(?: in MongoDB)?|[^:.]+)/.exec(place)?.[0] ?? place;
}

/** Counts names. */
export function countOf(names: Iterable<string>): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Leaves a report for the end of the run; a run that has no end of its own (Vitest called by hand) keeps none. */
export function writeReport(report: FileReport): void {
  const folder = reportsFolder();
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(report));
}

/** All reports of a run. */
export function readReports(folder: string): readonly FileReport[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

// biome-ignore-start lint/style/noProcessEnv: worker processes inherit it from `scripts/test.ts`; there is no other door
function reportsFolder(): string | undefined {
  return process.env["SUITE_CANARY_DIR"];
}
// biome-ignore-end lint/style/noProcessEnv: see above
