import { type TString, Type } from "typebox";

// Control characters, bidirectional overrides, the byte order mark and lone surrogates: they forge log lines, hide
// text on the kitchen screen, or make PostgreSQL refuse the row (reliability OR-05).
const UNSAFE = "\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff";

/**
 * A line of text written by a person: `min`…`max` code points, no invisible or control characters, and something other
 * than white space in it when `min` is above zero.
 */
export function Line(options: { readonly min?: number; readonly max: number; readonly description?: string }): TString {
  const { min = 1, max, description } = options;
  return Type.String({
    minLength: min,
    maxLength: max,
    pattern: min > 0 ? `^[^${UNSAFE}]*[^\\s${UNSAFE}][^${UNSAFE}]*$` : `^[^${UNSAFE}]*$`,
    ...(description === undefined ? {} : { description }),
  });
}
