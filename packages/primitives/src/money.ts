/**
 * Money is an integer of centavos, always BRL. A float of reais never exists inside the house: 0.1 + 0.2 would charge
 * somebody one centavo too much.
 */
export type Cents = number;

/** Largest amount that any single charge or order may have, in centavos (R$ 10.000,00; reliability OR-03). */
export const ORDER_TOTAL_MAX_CENTS: Cents = 1_000_000;

/** Says whether `value` is a whole, safe, non-negative number of centavos. */
export function isCents(value: unknown): value is Cents {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Writes centavos as the two-decimal text that Mercado Pago's Orders API wants (`2590` → `"25.90"`).
 * @throws RangeError when `cents` is not a whole non-negative number; that is a bug of the caller, not bad input.
 */
export function toDecimalText(cents: Cents): string {
  if (!isCents(cents)) throw new RangeError("an amount must be a whole non-negative number of centavos");
  const text = String(cents).padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

/**
 * Reads a decimal amount of reais from outside (`"25.90"`, `"25"`, `25.9`) as centavos, without float arithmetic.
 * @returns the centavos, or `null` when the text is not an amount with at most two decimals.
 */
export function fromDecimal(value: string | number): Cents | null {
  const match = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(String(value));
  if (match === null) return null;
  const cents = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return isCents(cents) ? cents : null;
}
