import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { LEVELS_OF_SECTIONS } from "./asvs-levels.ts";

const REGISTER = "docs/security-asvs.md";
const VERDICTS = new Set(["met", "n/a", "accepted"]);
/** Of what applies, so much must be shown by a test (reliability OP-01). */
const TESTED_MIN = 0.9;
const ACCEPTED = /^by .+ until (\d{4}-\d{2}-\d{2}): ./;
/** So long before an acceptance ends it is spoken of. */
const WARNED_DAYS = 30;
const DAY_MS = 86_400_000;

type Row = { readonly id: string; readonly level: string; readonly verdict: string; readonly how: string };

/** The register of OWASP ASVS 5.0 levels 1 and 2 has no gap: every requirement is met by a named test, or a reason stands there. */
export async function checkAsvs(today = new Date()): Promise<readonly string[]> {
  return faultsOfRegister(await readFile(REGISTER, "utf8"), { isThere: existsSync, today });
}

/** Which acceptances of the register end soon, so that whoever took the risk looks at it before the check fails. */
export async function warnOfAcceptances(): Promise<readonly string[]> {
  return acceptancesEndingSoon(await readFile(REGISTER, "utf8"), new Date());
}

/** What is wrong with a register, one sentence each. An acceptance is good until its day is over. */
export function faultsOfRegister(
  text: string,
  { isThere, today }: { readonly isThere: (path: string) => boolean; readonly today: Date },
): readonly string[] {
  const rows = rowsOf(text);
  const wanted = requirementsOfLevels12();
  const faults = rows.flatMap((row) => faultsOfRow(row, { wanted, isThere }));
  const listed = new Map(rows.map((row) => [row.id, row]));
  for (const id of wanted.keys()) if (!listed.has(id)) faults.push(`${id} is missing`);
  if (rows.length !== listed.size) faults.push("a requirement stands there twice");
  const applicable = rows.filter(({ verdict }) => verdict !== "n/a");
  const tested = applicable.filter((row) => testsOf(row).length > 0).length;
  if (applicable.length > 0 && tested / applicable.length < TESTED_MIN) {
    faults.push(`only ${tested} of ${applicable.length} applicable requirements name a test`);
  }
  for (const { until, ids } of acceptancesIn(rows)) {
    if (daysLeft(until, today) < 0)
      faults.push(`${ids.join(", ")}: accepted until ${until} only; decide anew, or mend`);
  }
  return faults;
}

/** The acceptances of a register that end within thirty days, one sentence for each last day. */
export function acceptancesEndingSoon(text: string, today: Date): readonly string[] {
  return acceptancesIn(rowsOf(text)).flatMap(({ until, ids }) => {
    const days = daysLeft(until, today);
    if (days < 0 || days > WARNED_DAYS) return [];
    const when = days === 0 ? "today" : days === 1 ? "tomorrow" : `in ${days} days`;
    return [`${ids.join(", ")}: the acceptance ends ${when} (${until}), and then this check fails`];
  });
}

function acceptancesIn(rows: readonly Row[]): readonly { readonly until: string; readonly ids: readonly string[] }[] {
  const dated = rows.flatMap(({ id, verdict, how }) => {
    const until = verdict === "accepted" ? ACCEPTED.exec(how)?.[1] : undefined;
    return until === undefined || Number.isNaN(Date.parse(until)) ? [] : [{ id, until }];
  });
  const days = [...new Set(dated.map(({ until }) => until))].toSorted();
  return days.map((until) => ({ until, ids: dated.filter((one) => one.until === until).map(({ id }) => id) }));
}

/** Whole days from today to that day, both by UTC; below 0 when it is over. */
function daysLeft(until: string, today: Date): number {
  return (Date.parse(until) - Date.parse(today.toISOString().slice(0, 10))) / DAY_MS;
}

function faultsOfRow(
  row: Row,
  known: { readonly wanted: ReadonlyMap<string, string>; readonly isThere: (path: string) => boolean },
): string[] {
  const { id, level, verdict, how } = row;
  const faults: string[] = [];
  if (known.wanted.get(id) !== level) faults.push(`${id} is no requirement of level ${level}`);
  if (!VERDICTS.has(verdict)) faults.push(`${id}: "${verdict}" is no verdict`);
  if (how === "") faults.push(`${id} is blank`);
  if (verdict === "met" && testsOf(row).length === 0) faults.push(`${id} is met, but by which test?`);
  if (verdict === "accepted" && Number.isNaN(Date.parse(ACCEPTED.exec(how)?.[1] ?? ""))) {
    faults.push(`${id} is accepted: by whom, until when, why?`);
  }
  for (const test of testsOf(row)) if (!known.isThere(test)) faults.push(`${id}: there is no ${test}`);
  return faults;
}

function rowsOf(text: string): readonly Row[] {
  return text.split("\n").flatMap((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    const [, id = "", level = "", verdict = "", how = ""] = cells;
    return /^V\d+\.\d+\.\d+$/.test(id) ? [{ id, level, verdict, how }] : [];
  });
}

function testsOf({ how }: Row): readonly string[] {
  return [...how.matchAll(/`([\w./-]+\.test\.ts)`/g)].map((match) => match[1] ?? "");
}

function requirementsOfLevels12(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [section, levels] of Object.entries(LEVELS_OF_SECTIONS)) {
    [...levels].forEach((level, index) => {
      if (level !== "3") found.set(`${section}.${index + 1}`, level);
    });
  }
  return found;
}
