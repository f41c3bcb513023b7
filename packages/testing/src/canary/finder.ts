import type { Needle } from "./forms.ts";

/** A needle and where it stands for the first time. */
export type Hit = { readonly needle: Needle; readonly at: number };

/** Letters that are looked up at once; no needle is shorter. */
const GRAM = 6;
const BASE = 0x01000193;
const BASE_TO_THE_GRAM = Array.from({ length: GRAM }).reduce<number>((power) => Math.imul(power, BASE), 1);
const FLAG_BITS = 20;

/**
 * Makes a search for many needles that passes over a text once, however many they are (Rabin and Karp): a suite's
 * thousands of tokens in twenty forms each would take hours one by one. Of each needle one piece of six letters is
 * known by its sum; only where that sum comes up is anything compared.
 * @returns for a text in lower case, the first place of each needle that stands in it
 * @throws Error when a needle is too short to be told from chance
 */
export function createFinder(needles: readonly Needle[]): (low: string) => readonly Hit[] {
  const pieces = new Map<string, { readonly needle: Needle; readonly offset: number }[]>();
  const flags = new Uint8Array(1 << FLAG_BITS);
  for (const needle of needles) {
    if (needle.text.length < GRAM) throw new Error(`${needle.canary}, ${needle.form}: too short to be searched for`);
    const { piece, offset } = rarestPiece(needle.text, (each) => pieces.get(each)?.length ?? 0);
    const same = pieces.get(piece);
    if (same === undefined) pieces.set(piece, [{ needle, offset }]);
    else same.push({ needle, offset });
    flags[slotOf(sumOf(piece))] = 1;
  }
  return (low) => {
    const first = new Map<Needle, number>();
    let sum = sumOf(low.slice(0, GRAM));
    for (let at = 0; at + GRAM <= low.length; at += 1) {
      if (flags[slotOf(sum)] === 1) {
        for (const { needle, offset } of pieces.get(low.slice(at, at + GRAM)) ?? []) {
          if (!first.has(needle) && stands(low, needle, at - offset)) first.set(needle, at - offset);
        }
      }
      // The sum of the next six letters, from that of these: one letter goes, one comes.
      const gone = Math.imul(low.charCodeAt(at), BASE_TO_THE_GRAM);
      sum = (Math.imul(sum, BASE) + low.charCodeAt(at + GRAM) - gone) | 0;
    }
    return [...first].map(([needle, at]) => ({ needle, at }));
  };
}

/** The piece that fewest needles are known by yet: all tokens begin alike, and so do the e-mails of a test. */
function rarestPiece(text: string, timesUsed: (piece: string) => number) {
  const step = Math.max(1, Math.floor((text.length - GRAM) / 8));
  let rarest = { piece: text.slice(0, GRAM), offset: 0 };
  for (let offset = 0; offset + GRAM <= text.length && timesUsed(rarest.piece) > 0; offset += step) {
    const piece = text.slice(offset, offset + GRAM);
    if (timesUsed(piece) < timesUsed(rarest.piece)) rarest = { piece, offset };
  }
  return rarest;
}

/** Short numbers count only with neither letter, digit, point nor hyphen beside them. */
function stands(text: string, { text: word, standsAlone }: Needle, at: number): boolean {
  if (at < 0 || !text.startsWith(word, at)) return false;
  return !standsAlone || (!/[\w.-]/.test(text[at - 1] ?? " ") && !/[\w-]/.test(text[at + word.length] ?? " "));
}

function sumOf(piece: string): number {
  let sum = 0;
  for (let at = 0; at < piece.length; at += 1) sum = (Math.imul(sum, BASE) + piece.charCodeAt(at)) | 0;
  return sum;
}

function slotOf(sum: number): number {
  return Math.imul(sum, 0x9e3779b1) >>> (32 - FLAG_BITS);
}
