// Letters and digits that are not taken for one another: no I, L, O, U, 0, 1.
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A code that people read in one place and type in another: so many letters, in two halves with a dash between them. */
export type CodeForm = { readonly length: number };

/**
 * Writes a code from random bytes. Up to ten letters are 49 bits, so that of 128 random bits the remainder makes none
 * likelier than another by more than one part in 2^78.
 * @param random 16 bytes or more
 * @throws TypeError when there are fewer
 */
export function writeReadableCode(random: Uint8Array, { length }: CodeForm): string {
  if (random.length < 16) throw new TypeError("a readable code needs 16 random bytes");
  let number = random.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let code = "";
  while (code.length < length) {
    code += ALPHABET[Number(number % BigInt(ALPHABET.length))];
    number /= BigInt(ALPHABET.length);
  }
  return inHalves(code);
}

/** Reads a code as people type it: any letter case, with or without dash and blanks; `null` when it is none. */
export function readReadableCode(text: string, { length }: CodeForm): string | null {
  if (text.length > 40) return null;
  const code = text.replaceAll(/[\s-]/g, "").toUpperCase();
  const isCode = code.length === length && [...code].every((character) => ALPHABET.includes(character));
  return isCode ? inHalves(code) : null;
}

function inHalves(code: string): string {
  const half = code.length / 2;
  return `${code.slice(0, half)}-${code.slice(half)}`;
}
