/** How the Orders API writes an amount: reais in a string, two decimals or none. */
export const orderAmountPattern = "^\\d{1,10}(\\.\\d{2})?$";

/** Reads an amount of the Orders API (`"25.90"`, `"25"`) as centavos; the pattern above must already hold. */
export const centsOfText = (text: string): number => {
  const [reais = "0", decimals = "00"] = text.split(".");
  return Number(reais) * 100 + Number(decimals);
};

/** Writes centavos as the Orders API does: `2590` becomes `"25.90"`. */
export const textOfCents = (cents: number): string => {
  const digits = String(cents).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/**
 * Reads an amount of the older families, a JSON number of reais, as centavos.
 * Answers undefined when it is not finite or has more than two decimals.
 */
export const centsOfReais = (reais: number): number | undefined => {
  const cents = Math.round(reais * 100);
  return Number.isSafeInteger(cents) && cents / 100 === reais ? cents : undefined;
};

/** Writes centavos as the older families do: a JSON number of reais. */
export const reaisOfCents = (cents: number): number => cents / 100;
