/**
 * What a notification's body may say in each of its fields, wherever it stands. Anything else is left out: the body is
 * not covered by the signature, and may hold a payer, a card or whatever somebody put there.
 */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const WORD = /^[a-z_.]{1,64}$/;
const CODE = /^[A-Z]{2,4}$/;
const UUID = /^[0-9a-f-]{36}$/;
const NUMBER = /^-?\d{1,15}(\.\d{1,6})?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]{5,24}(Z|[+-]\d{2}:?\d{2})?$/;
const VERSION = /^v?\d{1,6}$/;
const RESOURCE = /^(https:\/\/api\.mercado(pago|libre)\.com\/[A-Za-z0-9_/-]{1,120}|[A-Za-z0-9_-]{1,64})$/;

const ALLOWED: ReadonlyMap<string, RegExp> = new Map([
  ...["id", "application_id", "payment_id", "product_id", "reference_id", "transaction_id"].map(
    (name) => [name, ID] as const,
  ),
  ...[
    "user_id",
    "attempts",
    "installments",
    "amount",
    "paid_amount",
    "refunded_amount",
    "total_amount",
    "total_paid_amount",
  ].map((name) => [name, NUMBER] as const),
  ...["action", "topic", "type", "status", "status_detail", "live_mode"].map((name) => [name, WORD] as const),
  ...["currency", "currency_id", "country_code", "marketplace", "site_id"].map((name) => [name, CODE] as const),
  ...["date_created", "date_updated", "sent", "received"].map((name) => [name, INSTANT] as const),
  ...["api_version", "version"].map((name) => [name, VERSION] as const),
  ["external_reference", UUID],
  ["resource", RESOURCE],
]);
const CONTAINERS = new Set(["data", "transactions", "payments", "refunds", "payment_method", "reference"]);
/** Mercado Pago's own bodies are four deep; what is deeper is not Mercado Pago's. */
const DEPTH_MAX = 8;

/** The body of a notification as staff may read it. */
export type NoticeText = {
  /** `null` when it is no JSON object, of which nothing can be known to be harmless. */
  readonly text: string | null;
  /** Whether it stands there letter by letter as it came. */
  readonly isVerbatim: boolean;
  /** How many fields were left out. */
  readonly removed: number;
};

/** The raw body of a notification, without anything that may be somebody's personal data or a secret. */
export function noticeText(rawBody: string): NoticeText {
  const body = parse(rawBody);
  if (!isObject(body)) return { text: null, isVerbatim: false, removed: 0 };
  const { kept, removed } = keepAllowed(body, 0);
  const text = JSON.stringify(kept);
  // A name that is said twice, and a number written another way, do not survive being read.
  const isVerbatim = removed === 0 && withoutSpaces(rawBody) === text;
  return { text: isVerbatim ? rawBody : text, isVerbatim, removed };
}

type Kept = { readonly kept: unknown; readonly removed: number };

function keepAllowed(object: Readonly<Record<string, unknown>>, depth: number): Kept {
  const members = Object.entries(object).map(([name, value]) => [name, keepMember(name, value, depth)] as const);
  const kept = members.flatMap(([name, member]) => (member === null ? [] : [[name, member.kept] as const]));
  const removed = members.reduce((sum, [, member]) => sum + (member === null ? 1 : member.removed), 0);
  return { kept: Object.fromEntries(kept), removed };
}

/** `null` when nothing of it may be shown. */
function keepMember(name: string, value: unknown, depth: number): Kept | null {
  if (typeof value !== "object" || value === null) return isAllowed(name, value) ? { kept: value, removed: 0 } : null;
  if (!CONTAINERS.has(name) || depth >= DEPTH_MAX) return null;
  if (!Array.isArray(value)) return keepAllowed({ ...value }, depth + 1);
  const members = value.map((one: unknown) => (isObject(one) ? keepAllowed(one, depth + 1) : null));
  return {
    kept: members.flatMap((member) => (member === null ? [] : [member.kept])),
    removed: members.reduce((sum, member) => sum + (member === null ? 1 : member.removed), 0),
  };
}

function isAllowed(name: string, value: unknown): boolean {
  const pattern = ALLOWED.get(name);
  return pattern !== undefined && (value === null || pattern.test(String(value)));
}

function withoutSpaces(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const PERSONAL = /[^\s@<>"',;]{1,64}@[^\s@<>"',;]{1,190}|\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b/g;

/** A text that somebody typed, without e-mail addresses and what may be a CPF. */
export function withoutPersonal(text: string): string {
  return text.replace(PERSONAL, "***");
}
