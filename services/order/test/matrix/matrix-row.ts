import type { TokenOptions } from "@comanda/testing/tokens";

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
  service: { role: "service", clientId: "payment", audience: "order" },
  "device:kiosk": { role: "device", kind: "kiosk" },
  "device:kitchen": { role: "device", kind: "kitchen" },
  "device:panel": { role: "device", kind: "panel" },
  "device:counter": { role: "device", kind: "counter" },
} as const satisfies Record<string, TokenOptions | null>;
export type CallerName = keyof typeof CALLERS;

/** What one route answers to each caller, and how to ask it. */
export type MatrixRow = {
  /** Method and pattern, as the route was registered. */
  readonly route: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly expect: Readonly<Record<CallerName, number>>;
  /** The header is not looked at: operations, documents. */
  readonly isTokenless?: boolean;
};

/** An id that nothing has: who may call the route gets 404, so that no row changes what another one sees. */
export const UNKNOWN_ID = "01940000-0000-7000-8000-000000000000";

const callers = Object.keys(CALLERS) as CallerName[]; // the keys are exactly these

/** The same answer for all. */
export function everybody(status: number): Record<CallerName, number> {
  return Object.fromEntries(callers.map((caller) => [caller, status])) as Record<CallerName, number>; // as above
}

/** `status` for these, 403 for all others, 401 for nobody. */
export function only(allowed: readonly CallerName[], status: number): Record<CallerName, number> {
  const granted = Object.fromEntries(allowed.map((caller) => [caller, status]));
  return { ...everybody(403), nobody: 401, ...granted };
}
