import type { ProviderResult } from "../../domain/provider-charge.ts";

/** The outcome with its value, if there is one, in other words. */
export function mapDone<From, To>(result: ProviderResult<From>, change: (value: From) => To): ProviderResult<To> {
  return result.outcome === "done" ? { outcome: "done", value: change(result.value) } : result;
}

/** Reads a provider's date, whatever its offset; `null` for none or nonsense. */
export function instantOf(text: string | null | undefined): Date | null {
  if (text == null) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
