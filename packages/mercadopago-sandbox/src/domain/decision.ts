/** What a rule answers: the new state, or a refusal with the code Mercado Pago gives it (`E` is a closed list). */
export type Decision<T, E extends string> = { ok: true; value: T } | { ok: false; code: E; details?: string[] };

/** The rule allows it; this is the new state. */
export const allow = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

/** The rule refuses, and says why. */
export const refuse = <E extends string>(code: E, details?: string[]): { ok: false; code: E; details?: string[] } =>
  details === undefined ? { ok: false, code } : { ok: false, code, details };
