import { plant, plantToken } from "./planted.ts";

/** What is secret or personal by the name of its field, in requests, answers and settings. */
const FIELDS: readonly (readonly [RegExp, (value: string) => void])[] = [
  [/^(?:cpf|identification_number)$/i, plantCpf],
  [/e?mail(?:_?address)?$|^username$/i, plantEmail],
  [/password$/i, (value) => plant("a password", value)],
  [/^(?:pin|mfa_code|one_time_code)$/i, (value) => plant("a PIN", value, "short")],
  [/^(?:code|pairing_code|recovery_codes|verification_code)$/i, plantCode],
  [/^(?:access_token|refresh_token|id_token|token|subject_token|client_assertion|ticket)$/i, plantToken],
  [/^(?:client_)?secret$/i, (value) => plant("a secret", value)],
];

/** Wherever it is sent, whatever the field is called. */
const DOTTED_CPF = /(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)/g;
const EMAIL = /[\w.+-]{2,64}@[\w-]+(?:\.[\w-]+)+/g;
const TOKEN = /eyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]+/g;

/** Plants what a body, an address or a form holds of what must not be written down. */
export function harvest(value: unknown, field = ""): void {
  if (typeof value === "string") harvestText(value, field);
  else if (Array.isArray(value)) for (const each of value) harvest(each, field);
  else if (isPlain(value)) {
    // As Mercado Pago says it: `{ type: "CPF", number: … }`.
    if ("number" in value && "type" in value && value.type === "CPF") plantCpf(String(value.number));
    for (const [name, each] of Object.entries(value)) {
      harvestText(name, "");
      harvest(each, name);
    }
  }
}

/** Data of fields, and no stream, buffer or socket that somebody hands on as a body. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function harvestText(text: string, field: string): void {
  for (const [name, take] of FIELDS) if (name.test(field)) take(text);
  for (const [cpf] of text.matchAll(DOTTED_CPF)) plantCpf(cpf);
  for (const [email] of text.matchAll(EMAIL)) plantEmail(email);
  for (const [token] of text.matchAll(TOKEN)) plantToken(token);
}

/** Plants what a body holds that nobody has parsed yet. */
export function harvestBody(text: string, type: string): void {
  // Bytes of a picture spell anything, an address of mail too.
  if (type.startsWith("image/")) return;
  try {
    const isForm = type.includes("x-www-form-urlencoded");
    harvest(isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text));
  } catch {
    // No JSON, or broken on purpose: what looks like something is found all the same.
    harvestText(text, "");
  }
}

/** Plants what comes in the heads of a request. */
export function harvestHeaders(headers: Iterable<readonly [string, string]>): void {
  for (const [name, value] of headers) {
    if (/^authorization$/i.test(name)) {
      const [scheme = "", given = ""] = value.split(/ +/);
      if (/^basic$/i.test(scheme)) {
        plant("a secret", given, "base64");
        const [, secret] = Buffer.from(given, "base64").toString("utf8").split(/:(.*)/s);
        plant("a secret", secret);
      } else plantToken(given);
    }
    harvestText(value, "");
  }
}

/** What in the settings of a service is a secret, and what of that is bytes. */
const SETTING = /SECRET|PASSWORD|ACCESS_TOKEN|_KEY(?:S|_PREVIOUS)?$/;

/** Plants the secrets among the settings that a service is started with. */
export function harvestSettings(settings: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (SETTING.test(name)) plant("a secret of the service", value, /_KEY/.test(name) ? "base64" : "text");
    if (/DATABASE_URL$/.test(name) && typeof value === "string" && URL.canParse(value)) {
      plant("a secret of the service", decodeURIComponent(new URL(value).password));
    }
  }
}

/** Eleven digits; others are no CPF in any spelling. */
function plantCpf(value: string): void {
  const digits = value.replaceAll(/[.\s-]/g, "");
  if (/^\d{11}$/.test(digits)) plant("a CPF", digits, "cpf");
}

function plantEmail(value: string): void {
  if (value.includes("@")) plant("an e-mail", value.trim());
}

/** Codes of digits alone count where they stand alone; words like `email_taken` are codes of problems, not ours. */
function plantCode(value: string): void {
  if (/\d/.test(value)) plant("a code", value, value.length < 12 ? "short" : "text");
}
