/**
 * CPFs, card numbers and e-mail addresses that people type where nobody asked for them: into a wish to the kitchen, a
 * name to be called by, the reason of a refund. There they would be kept, printed and shown, in the clear and by nobody's
 * key (reliability OP-50, OP-60).
 */

/** What stands in the place of one. */
const MASK = "***";

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu;
/** Digits, also those that a Japanese keyboard makes: ０１２. */
const DIGIT = "[0-9\\uff10-\\uff19]";
const SPACE = "[\\p{Zs}\\p{Cf}\\t]";
/** Hyphens and dashes of every length, minus, points, slashes, underscores. */
const POINT = "[\\p{Pd}\\u2212./\\\\_\u00b7\u2022\uff0e\uff0f]";
/** What parts the groups of a number: a mark, spaces, a mark with spaces around it. A comma only by itself: lists have a space behind it. */
const MARK = `(?:${SPACE}{1,2}(?:${POINT}${SPACE}{0,2})?|${POINT}${SPACE}{0,2}|,)`;
const GROUP = new RegExp(`${DIGIT}+`, "gu");
/** Digits, and digits that a mark parts. */
const DIGITS = new RegExp(`${DIGIT}+(?:${MARK}${DIGIT}+)*`, "gu");

/** How the digits of a CPF are grouped by those who write one: parted only where a CPF is, or every digit by itself. */
const CPF_GROUPS = new Set(["11", "9-2", "6-5", "3-8", "3-3-5", "3-6-2", "6-3-2", "3-3-3-2", "1-1-1-1-1-1-1-1-1-1-1"]);
/** Of a card: not at all, in fours, or as on cards of 14 and 15 digits. */
const CARD_GROUPS = /^(1[3-9]|4-4-4-[1-4]|4-4-4-4-[1-3]|4-6-[45])$/;
const GROUPS_MAX = 11;

/** `text` with `***` in the place of every CPF, card number and e-mail address. */
export function maskPersonal(text: string): string {
  return text.replace(EMAIL, MASK).replace(DIGITS, (run) => maskRun(run));
}

/** Whether a CPF or a card number stands in `text`. */
export function holdsPersonalNumber(text: string): boolean {
  return text.replace(DIGITS, (run) => maskRun(run)) !== text;
}

/** The check digits of the Receita Federal: weighted sums modulo 11. Repeated digits fit by arithmetic and are nobody's. */
export function hasCpfCheckDigits(digits: string): boolean {
  if (/^(.)\1*$/.test(digits)) return false;
  const checkDigit = (length: number) => {
    let sum = 0;
    for (let index = 0; index < length; index += 1) sum += Number(digits[index]) * (length + 1 - index);
    return ((sum * 10) % 11) % 10;
  };
  return checkDigit(9) === Number(digits[9]) && checkDigit(10) === Number(digits[10]);
}

/** Every window of neighbouring groups is looked at: "2 529.982.247-25" is two of something, and a CPF. */
function maskRun(run: string): string {
  const groups = [...run.matchAll(GROUP)];
  for (let first = 0; first < groups.length; first += 1) {
    for (let count = Math.min(GROUPS_MAX, groups.length - first); count > 0; count -= 1) {
      const window = groups.slice(first, first + count).map(([digits]) => digits);
      if (!isPersonal(window)) continue;
      const begin = groups[first]?.index ?? 0;
      const last = groups[first + count - 1];
      const end = (last?.index ?? 0) + (last?.[0].length ?? 0);
      return `${run.slice(0, begin)}${MASK}${maskRun(run.slice(end))}`;
    }
  }
  return run;
}

function isPersonal(groups: readonly string[]): boolean {
  const shape = groups.map(({ length }) => length).join("-");
  const digits = groups.join("").normalize("NFKC");
  if (CPF_GROUPS.has(shape)) return hasCpfCheckDigits(digits);
  return CARD_GROUPS.test(shape) && isCard(digits);
}

/**
 * ISO/IEC 7812: payment cards begin with 2 to 6, and end with Luhn's check digit. Bar codes of Brazil (789, 790) do not
 * begin so.
 */
function isCard(digits: string): boolean {
  if (!/^[2-6]/.test(digits) || /^(.)\1*$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
