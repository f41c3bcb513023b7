import { createFinder } from "./finder.ts";
import { type Canary, needlesOf } from "./forms.ts";

/** A text of the running system: a log file, a column with all its rows, an answer. */
export type Place = { readonly place: string; readonly text: string };

/** What was found where it must not be. */
export type Finding = { readonly place: string; readonly what: string; readonly form: string; readonly around: string };

/** A place in which something may lawfully stand, and why. */
export type Allowed = {
  readonly place: RegExp;
  /** Names of canaries, or of what else the scanner looks for. */
  readonly what: RegExp;
  readonly why: string;
};

/** Something known by how it looks; `find` says where it begins in a text in lower case. */
export type Shape = {
  readonly what: string;
  readonly form: string;
  readonly find: (low: string) => readonly number[];
};

/** What nobody planted and must stand nowhere either. */
export const TOKENS: Shape = { what: "a token", form: "its shape", find: tokensIn };
export const CARDS: Shape = { what: "a card number", form: "Luhn", find: cardNumbersIn };

const AROUND = 40;

/**
 * Looks for every form of every canary and for what has one of the shapes, everywhere. Also says which words of the
 * allow-list were never needed: such a word is out of date, or the scanner does not see the place.
 */
export function scan<Word extends Allowed>(
  places: readonly Place[],
  canaries: readonly Canary[],
  allowed: readonly Word[],
  shapes: readonly Shape[] = [TOKENS, CARDS],
): { readonly findings: readonly Finding[]; readonly unneeded: readonly Word[] } {
  const find = createFinder(canaries.flatMap(needlesOf));
  const needed = new Set<Word>();
  const findings: Finding[] = [];
  for (const { place, text } of places) {
    const low = text.toLowerCase();
    const note = (what: string, form: string, at: number) => {
      const reasons = allowed.filter((each) => each.place.test(place) && each.what.test(what));
      for (const reason of reasons) needed.add(reason);
      if (reasons.length > 0) return;
      findings.push({ place, what, form, around: text.slice(Math.max(0, at - AROUND), at + AROUND) });
    };
    for (const { needle, at } of find(low)) note(needle.canary, needle.form, at);
    for (const shape of shapes) for (const at of shape.find(low)) note(shape.what, shape.form, at);
  }
  return { findings, unneeded: allowed.filter((each) => !needed.has(each)) };
}

function tokensIn(low: string): readonly number[] {
  const at = low.search(/eyj[\w-]{5,}\.eyj[\w-]{5,}\./);
  return at < 0 ? [] : [at];
}

/** Digests, tokens, UUIDs, Pix codes: long runs of letters and digits hold Luhn-valid digits by chance. */
const ID_LENGTH_MIN = 30;

/**
 * Positions of what could be the number of a payment card: 13 to 19 digits, also in groups, that begin as cards do (2 to
 * 6, ISO/IEC 7812) and have the Luhn digit. So the time in milliseconds (13 digits, begins with 1) is none. Neither are
 * the decimals of a fraction, as in figures of seconds.
 */
export function cardNumbersIn(text: string): readonly number[] {
  const found: number[] = [];
  for (const { 0: token, index } of text.matchAll(/[A-Za-z0-9_-]{13,}|\d{4}(?: \d{2,7}){2,4}/g)) {
    const isFraction = /\d\.$/.test(text.slice(Math.max(0, index - 2), index)) && /^\d+(e|$)/i.test(token);
    if (token.length >= ID_LENGTH_MIN || isFraction) continue;
    for (const { 0: grouped, index: inside } of token.matchAll(/\d(?:[ -]?\d){12,18}(?!\d)/g)) {
      const digits = grouped.replaceAll(/\D/g, "");
      const isPart = /\d/.test(token[inside - 1] ?? "");
      if (!isPart && /^[2-6]/.test(digits) && hasLuhnDigit(digits)) found.push(index + inside);
    }
  }
  return found;
}

function hasLuhnDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
