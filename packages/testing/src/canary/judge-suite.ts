import { LAWFUL_IN_TESTS, type LawfulInTest } from "./suite-lawful.ts";
import { type FileReport, readReports, wordOf } from "./suite-report.ts";

/** What a whole run plants at least; far below what it did when this was written, and far above nothing. */
const PLANTED_MIN: Readonly<Record<string, number>> = {
  "a CPF": 2_000,
  "an e-mail": 1_000,
  "a password": 50,
  "a token": 10_000,
  "a code": 300,
  "a PIN": 30,
  "a secret": 30,
  "a secret of the service": 200,
};

/** What of each sort a whole run searches at least. */
const SEARCHED_MIN: Readonly<Record<string, number>> = {
  "log of auth": 10_000,
  "log of order": 5_000,
  "log of payment": 5_000,
  "log of gateway": 50,
  "refusal of auth": 10_000,
  "refusal of order": 3_000,
  "refusal of payment": 2_000,
  "refusal of gateway": 30,
  "metrics of auth": 20,
  "metrics of order": 20,
  "metrics of payment": 20,
  "events to order": 200,
  "events to payment": 20,
  "events sent": 500,
  "column auth": 1_000,
  "column order": 1_000,
  "column payment": 1_000,
  "file logs": 20,
};

/** Only where there is a server that speaks MongoDB's protocol. */
const IN_MONGO = { sort: "column payment in MongoDB", min: 100 };

/** Judges a whole run by the reports of its files. */
export function judgeSuite(folder: string, options: { readonly isMongoWanted: boolean }): readonly string[] {
  return judgeReports(readReports(folder), LAWFUL_IN_TESTS, options);
}

/**
 * Says what is wrong with the search of a whole run, beside what each file has told by itself: a search of nothing
 * finds nothing, and a word of the allow-list that no file needed is out of date.
 */
export function judgeReports(
  reports: readonly FileReport[],
  allowed: readonly LawfulInTest[],
  { isMongoWanted = true } = {},
): readonly string[] {
  const planted = sumOf(reports.map((report) => report.planted));
  const searched = sumOf(reports.map((report) => report.searched));
  const needed = new Set(reports.flatMap((report) => report.needed));
  const sorts = { ...SEARCHED_MIN, ...(isMongoWanted ? { [IN_MONGO.sort]: IN_MONGO.min } : {}) };
  return [
    ...lacking("planted", planted, PLANTED_MIN),
    ...lacking("searched", searched, sorts),
    ...allowed.map(wordOf).flatMap((word) => (needed.has(word) ? [] : [`nothing needed this word: ${word}`])),
  ];
}

function lacking(
  verb: string,
  counts: Readonly<Record<string, number>>,
  minima: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(minima).flatMap(([name, min]) =>
    (counts[name] ?? 0) >= min ? [] : [`${name}: ${verb} ${counts[name] ?? 0} times, at least ${min} are expected`],
  );
}

/** Adds up counts by name. */
function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
