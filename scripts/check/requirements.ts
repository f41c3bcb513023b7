/**
 * Proves that whoever reads an id (`AU-04`), a section or the name of a page can find what it says: in
 * docs/requirements.md, in the corpus of bad input, or in the repository.
 */
import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const PAGE = "docs/requirements.md";

/** Where ids and pages are named: code with its comments, tests, documents and their data. */
const FILES = [
  "*.{md,mjs,ts}",
  "{bench,e2e,packages,scripts,services}/**/*.{ts,mjs,js,md,sql,html,css}",
  "docs/**/*.{md,json,yml}",
];

/** What is known: `AU-04`, `I3`, `product I8`, `product §3.4` … */
export type Known = ReadonlySet<string>;

/** Every id, section and page that is named somewhere and that is nowhere. */
export async function checkRequirements(): Promise<readonly string[]> {
  const known = await readKnown();
  const faults: string[] = [];
  let count = 0;
  for await (const path of glob(FILES, { exclude: (name) => name === "node_modules" })) {
    count += 1;
    const text = await readFile(path, "utf8");
    const missing = [
      ...unknownReferences(text, known).map((name) => `${name} is not in ${PAGE}`),
      ...missingPages(text, dirname(path)).map((page) => `there is no ${page}`),
    ];
    faults.push(...missing.map((fault) => `${path}: ${fault}`));
  }
  // A guard that reads nothing passes everything.
  if (count < 500) faults.push(`only ${count} files were read`);
  if (known.size < 200) faults.push(`only ${known.size} requirements were found`);
  return faults;
}

async function readKnown(): Promise<Known> {
  const texts: string[] = [];
  for await (const path of glob("e2e/attack/corpus/*.ts")) texts.push(await readFile(path, "utf8"));
  return new Set([...defined(await readFile(PAGE, "utf8")), ...idsOfCorpus(texts.join("\n"))]);
}

function idsOfCorpus(text: string): readonly string[] {
  return [...text.matchAll(/"([A-Z]-\d\d)"/g)].map(([, id = ""]) => id);
}

/** What the page of requirements defines: the first cell of each row of its tables. */
export function defined(page: string): Known {
  const cells = [...page.matchAll(/^\| ([^|`]+) \|/gm)].map(([, cell = ""]) => cell.trim());
  return new Set(cells.flatMap((cell) => (cell.includes("§") ? sectionsIn(cell) : [cell])));
}

const SECTIONS = /\b(product|provider|reliability|style) (§\d[\d.]*\d|§\d)((?:,(?: and)? (?:§\d[\d.]*\d|§\d))*)/gi;
/** Ids that need a word before them, since others are spelled alike. */
const WORDED = /\b(product|style|trap) ((?:[A-Z]\d{1,2}\b(?:, |,? and )?)+)/gi;
const CRITERIA = /\b(?:AU|OR|PA|EV|OP|TM|F|U|H|N|X|J|W|S)-\d\d\b/g;
const BARE = /\b[IT]\d{1,2}\b/g;

/** The ids and sections that a text names and that nobody has put into words. */
export function unknownReferences(text: string, known: Known): readonly string[] {
  const worded = [...text.matchAll(WORDED)].flatMap(([, word = "", ids = ""]) =>
    [...ids.matchAll(/[A-Z]\d{1,2}/g)].map(([id]) => `${word.toLowerCase()} ${id}`),
  );
  const rest = text.replaceAll(WORDED, "");
  const plain = [...rest.matchAll(CRITERIA), ...rest.matchAll(BARE)].map(([id]) => id);
  return [...new Set([...sectionsIn(text), ...worded, ...plain])].filter((name) => !known.has(name));
}

function sectionsIn(text: string): readonly string[] {
  return [...text.matchAll(SECTIONS)].flatMap(([, paper = "", first = "", more = ""]) =>
    [first, ...[...more.matchAll(/§[\d.]*\d/g)].map(([section]) => section)].map(
      (section) => `${paper.toLowerCase()} ${section}`,
    ),
  );
}

/** The pages (`*.md`) that a text names and that are neither beside it, in docs/, nor at that path. */
export function missingPages(text: string, folder: string): readonly string[] {
  const names = [...text.replaceAll(/https?:\/\/\S+/g, "").matchAll(/(?<![\w./*-])[\w./-]*\w\.md\b/g)];
  return [...new Set(names.map(([name]) => name))].filter(
    (name) => ![name, join(folder, name), join("docs", name)].some((path) => existsSync(path)),
  );
}
