import { ok, type Result, refuse } from "@comanda/primitives";
import { type GuardedText, guardText } from "./guarded-text.ts";

/** A CPF whose check digits fit: `reveal()` gives its 11 digits, everything else its masked form. */
export type Cpf = GuardedText<"cpf">;

/** What can be wrong with the text of a CPF. */
export type CpfFault = "cpf-malformed" | "cpf-check-digits";

// Exactly two ways to write it: people paste both, and anything looser makes one person two (reliability U-04…U-06).
const WRITTEN = /^(?:[0-9]{11}|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2})$/;

/** Reads a CPF written `52998224725` or `529.982.247-25`. */
export function parseCpf(text: string): Result<Cpf, CpfFault> {
  if (!WRITTEN.test(text)) return refuse("cpf-malformed");
  const digits = text.replaceAll(/[.-]/g, "");
  if (!hasCheckDigits(digits)) return refuse("cpf-check-digits");
  return ok(guardText("cpf", { text: digits, masked: maskCpf(digits) }));
}

/** The check digits of the Receita Federal: weighted sums modulo 11. Repeated digits fit by arithmetic and are nobody's. */
function hasCheckDigits(digits: string): boolean {
  if (/^(.)\1*$/.test(digits)) return false;
  return checkDigit(digits, 9) === Number(digits[9]) && checkDigit(digits, 10) === Number(digits[10]);
}

function checkDigit(digits: string, length: number): number {
  let sum = 0;
  for (let index = 0; index < length; index += 1) sum += Number(digits[index]) * (length + 1 - index);
  return ((sum * 10) % 11) % 10;
}

/** The middle six digits tell people apart, the rest stays hidden: `***.982.247-**`. */
function maskCpf(digits: string): string {
  return `***.${digits.slice(3, 6)}.${digits.slice(6, 9)}-**`;
}
