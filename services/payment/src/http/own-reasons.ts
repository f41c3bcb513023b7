import type { Words } from "@comanda/service-kit";

/** Reasons of our own are kept in English; those that people wrote are in whatever language they wrote. */
const PORTUGUESE: ReadonlyMap<string, string> = new Map([
  ["asked for", "a pedido"],
  ["a new attempt was begun", "outra tentativa começou"],
  ["made at the provider", "feita no Mercado Pago"],
]);

/** A reason as people read it. */
export function ownReasonIn(language: keyof Words, reason: string): string {
  return (language === "pt" ? PORTUGUESE.get(reason) : undefined) ?? reason;
}
