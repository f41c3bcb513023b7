import { type CodeForm, readReadableCode, writeReadableCode } from "./readable-code.ts";

/** How many somebody is given. */
export const RECOVERY_CODES = 10;

/** 30^10 codes are 49 bits. */
const FORM: CodeForm = { length: 10 };

/** Writes a recovery code from 16 random bytes or more. @throws TypeError when there are fewer */
export function recoveryCodeOf(random: Uint8Array): string {
  return writeReadableCode(random, FORM);
}

/** Reads a recovery code as people type it; `null` when it is none. */
export function readRecoveryCode(text: string): string | null {
  return readReadableCode(text, FORM);
}
