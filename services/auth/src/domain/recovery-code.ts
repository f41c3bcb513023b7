// Letters and digits that are not taken for one another; 30^10 codes are 49 bits.
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 10;

/** How many somebody is given. */
export const RECOVERY_CODES = 10;

/**
 * Writes a code, `XXXXX-XXXXX`. The codes are 49 bits, so that of 128 random bits the remainder makes none likelier than
 * another by more than one part in 2^78.
 * @param random 16 bytes or more
 * @throws TypeError when there are fewer
 */
export function recoveryCodeOf(random: Uint8Array): string {
  if (random.length < 16) throw new TypeError("a recovery code needs 16 random bytes");
  let number = random.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let code = "";
  while (code.length < LENGTH) {
    code += ALPHABET[Number(number % BigInt(ALPHABET.length))];
    number /= BigInt(ALPHABET.length);
  }
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}

/** Reads a code as people type it: any letter case, with or without dash and blanks; `null` when it is none. */
export function readRecoveryCode(text: string): string | null {
  if (text.length > 40) return null;
  const code = text.replaceAll(/[\s-]/g, "").toUpperCase();
  const isCode = code.length === LENGTH && [...code].every((character) => ALPHABET.includes(character));
  return isCode ? `${code.slice(0, 5)}-${code.slice(5)}` : null;
}
