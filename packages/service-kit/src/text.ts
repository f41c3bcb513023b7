import { type TString, Type } from "typebox";

// Control characters, line breaks, bidirectional overrides, the byte order mark, lone surrogates and what is no character:
// they forge log lines, hide text on the kitchen screen, or make PostgreSQL refuse the row (reliability OR-05).
const UNSAFE =
  "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ufffe\\uffff\\ud800-\\udfff";
// Seen by nobody, and harmless among letters: joiners, marks of direction, selectors, fillers.
const BLANK =
  "\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0";

/** Keywords of our own; what they do stands in validation.ts. */
export const MASKED = "x-masked";
export const PUBLIC = "x-public";

type LineOptions = { readonly min?: number; readonly max: number; readonly description?: string };

/**
 * A line of text written by a person: `min`…`max` code points, no control characters, and something that can be seen in
 * it when `min` is above zero. The validator looks at texts that are too long as well, so the pattern must not walk
 * through one more than once.
 */
export function Line(options: LineOptions): TString {
  return lineWith(options, {});
}

/**
 * What guests and staff write in their own words. CPFs, card numbers and e-mail addresses in it are replaced by `***`
 * as soon as the request was checked: nobody asked for them, and the words are kept, printed and shown in the clear
 * (docs/adr/0022-numbers-in-free-text.md).
 */
export function FreeText(options: { readonly max: number; readonly description?: string }): TString {
  const words = "CPFs, card numbers and e-mail addresses in it are kept as `***`";
  const description = options.description === undefined ? words : `${options.description}. ${words}`;
  return lineWith({ ...options, description }, { [MASKED]: true });
}

/** A line of the shop's own words, which everybody may read: one with a CPF or a card number in it is refused. */
export function PublicLine(options: LineOptions): TString {
  return lineWith(options, { [PUBLIC]: true });
}

function lineWith({ min = 1, max, description }: LineOptions, keywords: Readonly<Record<string, true>>): TString {
  return Type.String({
    minLength: min,
    maxLength: max,
    pattern: `^${min > 0 ? `(?=[^${UNSAFE}]*[^${BLANK}${UNSAFE}])` : ""}[^${UNSAFE}]*$`,
    ...(description === undefined ? {} : { description }),
    ...keywords,
  });
}
