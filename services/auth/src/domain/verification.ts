/** How long a code can be used, in seconds, and how often it may be tried (reliability AU-19). */
export const CODE_SECONDS = 600;
export const CODE_TRIES = 5;

/** How many codes there are: with five tries, one guess in 200,000 comes through. */
export const CODES = 1_000_000;

/** Writes a number below `CODES` as six digits. */
export function codeOf(number: number): string {
  return String(number).padStart(6, "0");
}

/** The form of a code. */
export const CODE_PATTERN = "^[0-9]{6}$";
