import { hasCpfCheckDigits } from "./personal-numbers.ts";

/** Field names whose values never reach a log line, at the top of a record or one or two levels down. */
const SECRET_FIELDS = [
  "cpf",
  "email",
  "name",
  "phone",
  "password",
  "authorization",
  "cookie",
  "access_token",
  "refresh_token",
  "client_secret",
  "accessToken",
  "secret",
  "qr_code",
  "qrCode",
  "qr_code_image",
  "qr_data",
  "payment_link",
  "paymentLink",
  "payer",
];

/** Paths for pino's `redact`. */
export const REDACTED_PATHS = [
  ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]).filter(
    // pino's own bindings and error objects carry a harmless `name` at the top.
    (path) => path !== "name" && path !== "*.name",
  ),
  // PostgreSQL quotes the whole refused row there ("Failing row contains …").
  "err.detail",
];

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, "[token]"],
  [/\b\d{3}\.\d{3}\.\d{3}-\d{2}\b/g, "[cpf]"],
  [/[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})+/g, "[email]"],
  // A Pix BR Code begins with its payload format indicator and carries the Pix domain (Bacen, manual do BR Code).
  [/000201[\w.\-*/: ]{10,600}6304[0-9A-F]{4}/gi, "[qr]"],
  [/\b(APP_USR|TEST)-[\w-]{10,}/g, "[token]"],
];
/** Or a trace id (W3C trace context), in whose hex digits a CPF would only be chance. */
const ELEVEN_DIGITS = /\b[\da-f]{32}\b|(?<![\d-])\d{11}(?!\d)/g;

/** What JSON may hold as it is, and what begins a new line in programs that read logs, or speaks to a terminal. */
const BREAKS = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * The last net under the logger: whatever field or message a CPF, e-mail, token or QR payload hides in, its text is
 * replaced. Eleven digits count as a CPF only when the check digits fit, so that provider ids stay readable. A line stays
 * one line for everybody (reliability OP-51).
 */
export function scrub(line: string): string {
  let clean = line;
  for (const [pattern, word] of PATTERNS) clean = clean.replace(pattern, word);
  return clean
    .replace(ELEVEN_DIGITS, (digits) => (digits.length === 11 && hasCpfCheckDigits(digits) ? "[cpf]" : digits))
    .replace(BREAKS, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PART_LENGTH_MAX = 40;

/**
 * The parts between slashes of what a caller wrote (an address, or the place of a field whose name they chose), without
 * those that may hold personal data: an e-mail, eight digits or more that are no id of ours, a text as long as a token.
 * Problems say where something went wrong; they do not say again what should not have been sent (reliability OP-50).
 */
export function harmlessParts(path: string): string {
  const isHarmless = (part: string) =>
    UUID.test(part) ||
    (part.length <= PART_LENGTH_MAX && !/@|%40|%3\d/.test(part) && part.replaceAll(/%[0-9a-f]{2}|\D/gi, "").length < 8);
  return path
    .split("/")
    .map((part) => (isHarmless(part) ? part : "redacted"))
    .join("/");
}
