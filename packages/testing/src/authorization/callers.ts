import { DEVICE_KINDS, EVERYBODY, type Grant, LEVELS, STAFF } from "@comanda/service-kit";
import type { TokenOptions } from "../tokens.ts";

/** Everybody who may stand before a route, and the token each holds. */
export const CALLERS = {
  nobody: null,
  anonymous: { role: "customer", level: "anonymous" },
  identified: { role: "customer", level: "identified" },
  registered: { role: "customer", level: "registered" },
  kitchen: { role: "kitchen" },
  cashier: { role: "cashier" },
  manager: { role: "manager" },
  admin: { role: "admin" },
  service: { role: "service" },
  "device:kiosk": { role: "device", kind: "kiosk" },
  "device:kitchen": { role: "device", kind: "kitchen" },
  "device:panel": { role: "device", kind: "panel" },
  "device:counter": { role: "device", kind: "counter" },
} as const satisfies Record<string, TokenOptions | null>;
export type CallerName = keyof typeof CALLERS;

/** Their names, in the order of the tables. */
export const CALLER_NAMES = Object.keys(CALLERS) as readonly CallerName[]; // its keys are exactly these

const devices = DEVICE_KINDS.map((kind) => `device:${kind}` as const);

/** Words that stand for several callers, in access lists and in answers. */
const GROUPS: Readonly<Record<string, readonly CallerName[]>> = {
  customers: LEVELS,
  staff: STAFF,
  devices,
  everybody: [...LEVELS, ...STAFF, "service", ...devices],
};

/**
 * The callers that a word of the matrix means.
 * @throws Error for a word that means nobody known
 */
export function callersOf(word: string): readonly CallerName[] {
  const found = GROUPS[word] ?? CALLER_NAMES.filter((name) => name === word);
  if (found.length === 0) throw new Error(`the authorization matrix names "${word}", who is nobody`);
  return found;
}

/**
 * What a route should have declared when the matrix lists these words: at its door a token says `customer`, whatever
 * the level.
 * @throws Error for a level named alone, which no route can tell apart there
 */
export function grantsOf(words: readonly string[]): readonly Grant[] {
  const single = words.find(isLevel);
  if (single !== undefined) throw new Error(`access lists "customers", not "${single}"`);
  const wanted = new Set<string>(words.flatMap(callersOf).map((name) => (isLevel(name) ? "customer" : name)));
  return EVERYBODY.filter((grant) => wanted.has(grant));
}

function isLevel(word: string): boolean {
  return LEVELS.some((level) => level === word);
}
