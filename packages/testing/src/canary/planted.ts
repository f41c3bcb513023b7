import type { Canary } from "./forms.ts";

/** What a test file has planted, and what it has written and shown; open only while a suite is searched. */
export type Kept = {
  readonly planted: Map<string, Canary>;
  /** Texts by the name of their place. */
  readonly texts: Map<string, string[]>;
  /** Databases that are still there, each with how it is read. */
  readonly databases: Set<() => Promise<void>>;
};

let kept: Kept | null = null;

/** From now on what is planted and written is kept, to be searched when the test file ends. */
export function keepFromNowOn(): Kept {
  kept = { planted: new Map(), texts: new Map(), databases: new Set() };
  return kept;
}

/** Whether a suite is searched; outside one nothing is kept. */
export const isKeeping = (): boolean => kept !== null;

/** What is too short or too plain stands in any text by chance. */
const LENGTH_MIN = { text: 8, base64: 16, cpf: 11, short: 6 } as const;
const DIFFERENT_MIN = 4;

/** Bad passwords that tests try: words which our own answers are made of. */
const OUR_OWN_WORDS: ReadonlySet<string> = new Set(["password"]);

/**
 * Says that a value must be found nowhere. Tests need not call it: what goes through the services and harnesses is
 * planted by itself (`harvest.ts`).
 * @param what what it is, the same word for all of its sort: the allow-list goes by it
 */
export function plant(what: string, value: unknown, kind: NonNullable<Canary["kind"]> = "text"): void {
  if (kept === null || typeof value !== "string" || kept.planted.has(value)) return;
  if (value.length < LENGTH_MIN[kind] || new Set(value).size < DIFFERENT_MIN || OUR_OWN_WORDS.has(value)) return;
  kept.planted.set(value, { name: what, value, kind });
}

/** Plants a token: what it says and its signature, which no other has. */
export function plantToken(token: unknown): void {
  if (typeof token !== "string") return;
  const [, claims, signature] = token.split(".");
  const isSigned = claims !== undefined && signature !== undefined && signature !== "";
  for (const part of isSigned ? [claims, signature] : [token]) plant("a token", part);
}

/** Keeps a text that must hold nothing of what was planted: a line of a log, a refusal, an event. */
export function noteText(place: string, text: string): void {
  if (kept === null) return;
  const texts = kept.texts.get(place);
  if (texts === undefined) kept.texts.set(place, [text]);
  else texts.push(text);
}

/**
 * Keeps what a service shows at `/metrics`, names and labels. The numbers behind them are counted, and one of six digits is
 * now and then somebody's code.
 */
export function noteMetrics(service: string, text: string): void {
  noteText(`metrics of ${service}`, text.replaceAll(/ \S+$/gm, ""));
}

/**
 * Keeps how a database is read, which happens when the answer is called before it goes, else at the end of the file.
 */
export function noteDatabase(read: () => Promise<readonly { readonly place: string; readonly text: string }[]>) {
  const databases = kept?.databases;
  const once = async () => {
    if (databases?.delete(once) !== true) return;
    for (const { place, text } of await read()) noteText(place, text);
  };
  databases?.add(once);
  return once;
}
