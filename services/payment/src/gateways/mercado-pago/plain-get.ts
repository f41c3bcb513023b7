import type { TwoValues } from "@comanda/primitives";
import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { type TokenTry, withEitherToken } from "./either-token.ts";
import { fetchGuarded } from "./provider-fetch.ts";
import type { ProviderLimits } from "./provider-limits.ts";

/** Reads what stands at a path of the provider: with its leading slash and its query. */
export type PlainGet = (path: string) => Promise<ProviderResult<unknown>>;

/** Reads for which the SDK has no client, with the same clock and limits as the SDK's own calls. */
export function makePlainGet(tokens: TwoValues<string>, limits: ProviderLimits): PlainGet {
  return (path) =>
    limits("read", withEitherToken(tokens, { isWrite: false, send: (accessToken) => tryGet(path, accessToken) }));
}

async function tryGet(path: string, accessToken: string): Promise<TokenTry<unknown>> {
  try {
    const response = await fetchGuarded(`${AppConfig.BASE_URL}${path}`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
    });
    const { status } = response;
    if (response.ok) return tried({ outcome: "done", value: parse(await response.text()) }, "taken");
    if (status === 401 || status === 429 || status >= 500) {
      return tried(
        { outcome: "unavailable", reason: `the provider answered ${status}` },
        status === 401 ? "refused" : null,
      );
    }
    return tried({ outcome: "refused", status, code: `status-${status}` }, "taken");
  } catch {
    // A read has no effect, so whatever cut it off, nothing happened.
    return tried({ outcome: "unavailable", reason: "the provider cannot be reached" });
  }
}

function tried(result: ProviderResult<unknown>, token: TokenTry<unknown>["token"] = null): TokenTry<unknown> {
  const isIll = result.outcome === "unavailable";
  return { result, isIll, isWorthRepeating: false, retryAfterSeconds: null, token };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON, so nothing that anybody knows how to read.
    return null;
  }
}
