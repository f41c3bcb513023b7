import type { Kept } from "./planted.ts";
import { type Finding, scan, TOKENS } from "./scan.ts";
import type { LawfulInTest } from "./suite-lawful.ts";
import { countOf, type FileReport, sortOf, wordOf } from "./suite-report.ts";

/** More are not shown: they tell the same again. */
const SHOWN_MAX = 20;

/**
 * Searches what a test file has kept for what it has planted. Numbers of cards are not looked for: one long number in
 * ten passes for one, and a whole suite makes thousands.
 */
export function searchKept(
  { planted, texts }: Pick<Kept, "planted" | "texts">,
  file: string,
  allowed: readonly LawfulInTest[],
): { readonly findings: readonly Finding[]; readonly report: FileReport } {
  const began = performance.now();
  const places = [...texts].map(([place, parts]) => ({ place, text: parts.join("\n") }));
  const ofThisFile = allowed.filter((each) => each.file.test(file));
  const { findings, unneeded } = scan(places, [...planted.values()], ofThisFile, [TOKENS]);
  const needed = ofThisFile.filter((each) => !unneeded.includes(each)).map(wordOf);
  const searched: Record<string, number> = {};
  for (const [place, parts] of texts) searched[sortOf(place)] = (searched[sortOf(place)] ?? 0) + parts.length;
  const milliseconds = Math.round(performance.now() - began);
  const counts = countOf([...planted.values()].map(({ name }) => name));
  return { findings, report: { file, planted: counts, searched, needed, milliseconds } };
}

/** Says what was found, place by place. */
export function tellFindings(file: string, findings: readonly Finding[]): string {
  const told = new Map(findings.map((each) => [`${each.place}\n${each.what}`, each]));
  const lines = [...told.values()].map(
    ({ place, what, form, around }) => `  ${what} (${form}) in ${place}: ${JSON.stringify(around)}`,
  );
  const more = lines.length > SHOWN_MAX ? [`  and ${lines.length - SHOWN_MAX} more`] : [];
  return [`${file} leaves what it planted where it must not be:`, ...lines.slice(0, SHOWN_MAX), ...more].join("\n");
}
