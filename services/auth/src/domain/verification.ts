import { randomInt } from "node:crypto";

/** How long a code can be used, in seconds, and how often it may be tried (reliability AU-19). */
export const CODE_SECONDS = 600;
export const CODE_TRIES = 5;

/** Six digits: with five tries one guess in 200,000 codes comes through. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, "0");
}

/** The form of a code. */
export const CODE_PATTERN = "^[0-9]{6}$";
