import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { fetchGuarded } from "./provider-fetch.ts";
import type { ProviderLimits } from "./provider-limits.ts";

/** Reads what stands at a path of the provider: with its leading slash and its query. */
export type PlainGet = (path: string) => Promise<ProviderResult<unknown>>;

/** Reads for which the SDK has no client, with the same clock and limits as the SDK's own calls. */
export function makePlainGet(accessToken: string, limits: ProviderLimits): PlainGet {
  return (path) =>
    limits("read", async () => {
      const result = await tryGet(path, accessToken);
      return { result, isIll: result.outcome === "unavailable", isWorthRepeating: false, retryAfterSeconds: null };
    });
}

async function tryGet(path: string, accessToken: string): Promise<ProviderResult<unknown>> {
  try {
    const response = await fetchGuarded(`${AppConfig.BASE_URL}${path}`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
    });
    const { status } = response;
    if (response.ok) return { outcome: "done", value: parse(await response.text()) };
    if (status === 401 || status === 429 || status >= 500) {
      return { outcome: "unavailable", reason: `the provider answered ${status}` };
    }
    return { outcome: "refused", status, code: `status-${status}` };
  } catch {
    // A read has no effect, so whatever cut it off, nothing happened.
    return { outcome: "unavailable", reason: "the provider cannot be reached" };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON, so nothing that anybody knows how to read.
    return null;
  }
}
