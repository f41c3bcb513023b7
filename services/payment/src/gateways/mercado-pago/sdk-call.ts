import type { TwoValues } from "@comanda/primitives";
import { MercadoPagoConfig, MercadoPagoError, MPConnectionError, MPRateLimitError } from "mercadopago";
import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { type TokenTry, withEitherToken } from "./either-token.ts";
import { CALL_TIMEOUT_MS, installProviderFetch, isStrange, isUntrusted, neverArrived } from "./provider-fetch.ts";
import type { Barrier, ProviderLimits, ProviderObserver } from "./provider-limits.ts";

/** One call of the SDK: what its answer must look like, its key when it writes, and the call itself. */
type SdkCall<Schema extends TSchema> = {
  readonly answer: Schema;
  /** `null` for reads. At most 64 characters (provider §5.1). */
  readonly key: string | null;
  /** More headers, for what only a header says. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly send: (config: MercadoPagoConfig) => Promise<unknown>;
};

/** Makes calls through the official SDK and turns whatever comes of them into an outcome. */
export type Sdk = <Schema extends TSchema>(call: SdkCall<Schema>) => Promise<ProviderResult<Static<Schema>>>;

/** Names that Mercado Pago gives to whoever integrates it; absent where none was given (provider §12, 29). */
export type Identifiers = { readonly platformId?: string; readonly integratorId?: string };

/** What stands around every call. */
type SdkSurroundings = {
  readonly limits: ProviderLimits;
  readonly observer: ProviderObserver;
  /** Waited for before each call, where calls must not come too fast. */
  readonly pace?: () => Promise<void>;
  readonly identifiers?: Identifiers;
};

/** By which the door to the network knows the SDK's calls (provider-fetch.ts). */
const SDK_MARK = { [AppConfig.Headers.PRODUCT_ID]: AppConfig.PRODUCT_ID };

/** How long nobody is asked after every token was refused, in seconds. */
const TOKEN_REFUSED_PAUSE_S = 30;

/** Passing trouble of the other side: nothing was decided. */
const BUSY = new Set([408, 423, 424, 429]);

/**
 * Every call gets a configuration of its own: the SDK writes the options of one call back into the shared one, so that
 * the key of a charge would be sent again with its refund (provider §1.3). The SDK's own retries are off: how
 * often is tried is the limits' business, and asking again later the sweeper's.
 */
export function makeSdk(tokens: TwoValues<string>, { limits, observer, pace, identifiers = {} }: SdkSurroundings): Sdk {
  installProviderFetch();
  return async (call) => {
    const name = call.key?.split("-")[0] ?? "read";
    await pace?.();
    const attempt = withEitherToken(tokens, {
      isWrite: call.key !== null,
      send: (accessToken) => trySdk(call, { accessToken, identifiers, observer, name }),
    });
    return limits(name, async () => {
      const tried = await attempt();
      if (tried.token === "refused") observer.onBarrier("credentials");
      return tried;
    });
  };
}

type TryWith = Required<Pick<SdkSurroundings, "identifiers" | "observer">> & {
  readonly accessToken: string;
  readonly name: string;
};

async function trySdk<Schema extends TSchema>(
  { answer, key, headers, send }: SdkCall<Schema>,
  { accessToken, identifiers, observer, name }: TryWith,
): Promise<TokenTry<Static<Schema>>> {
  const options = {
    ...identifiers,
    timeout: CALL_TIMEOUT_MS,
    maxRetries: 0,
    ...(key === null ? {} : { idempotencyKey: key }),
    // What the SDK does not know it spreads into `fetch`, and these replace its own, the token too (provider §1.2).
    ...(headers === undefined ? {} : { headers: { ...headers, ...SDK_MARK, authorization: `Bearer ${accessToken}` } }),
  };
  try {
    const body = await send(new MercadoPagoConfig({ accessToken, options }));
    observer.onBarrier(null);
    // What comes from outside is believed only in the shape we know.
    if (Value.Check(answer, body)) return well({ outcome: "done", value: body });
    observer.onStrangeAnswer(name);
    return ill({ outcome: "unknown", reason: "the answer has not its documented shape" });
  } catch (error) {
    if (isStrange(error instanceof MPConnectionError ? causeOf(error) : error)) observer.onStrangeAnswer(name);
    const barrier = barrierOf(error);
    if (barrier !== undefined) observer.onBarrier(barrier);
    return tryOf(error);
  }
}

function well<Value>(result: ProviderResult<Value>): TokenTry<Value> {
  return { result, isIll: false, isWorthRepeating: false, retryAfterSeconds: null, token: "taken" };
}

function ill<Value>(result: ProviderResult<Value>, isWorthRepeating = false): TokenTry<Value> {
  return { ...well(result), isIll: true, isWorthRepeating, token: null };
}

/** What an error says of the way to the provider: `undefined` when it says nothing, or of one of our tokens alone. */
function barrierOf(error: unknown): Barrier | null | undefined {
  if (error instanceof MPConnectionError) return isUntrusted(causeOf(error)) ? "certificate" : undefined;
  if (!(error instanceof MercadoPagoError)) return undefined;
  return isTokenRefused(error) ? undefined : null;
}

/** 401 also says that this seller may not give back an order of another; then the token itself is good. */
function isTokenRefused({ status, error: code }: MercadoPagoError): boolean {
  return status === 401 && code !== "user_not_authorized";
}

function tryOf(error: unknown): TokenTry<never> {
  if (error instanceof MPConnectionError) {
    // Asked again with the same key, a write that did arrive is the same write.
    if (neverArrived(causeOf(error))) {
      return ill({ outcome: "unavailable", reason: "the provider cannot be reached" }, true);
    }
    return ill({ outcome: "unknown", reason: "the call got no answer" }, true);
  }
  if (!(error instanceof MercadoPagoError)) throw error;
  const { status, error: code } = error;
  if (error instanceof MPRateLimitError) {
    const result = { outcome: "unavailable", reason: `the provider answered ${status}` } as const;
    return { ...well(result), retryAfterSeconds: error.retryAfter, token: null };
  }
  if (isTokenRefused(error)) {
    // Nothing was decided about the charge; asking on and on with a bad token could only lock us out (F-42).
    const result = { outcome: "unavailable", reason: "the provider does not take our token" } as const;
    return { ...well(result), retryAfterSeconds: TOKEN_REFUSED_PAUSE_S, token: "refused" };
  }
  if (status === 503) return ill({ outcome: "unavailable", reason: `the provider answered ${status}` }, true);
  const reason = `the provider answered ${status} ${code}`.trim();
  if (status >= 500) return ill({ outcome: "unknown", reason }, true);
  if (BUSY.has(status) || code === "idempotency_key_already_used") return well({ outcome: "unknown", reason });
  return well({ outcome: "refused", status, code: code === "" ? `status-${status}` : code });
}

/** The SDK keeps the network's error, but not in the standard `cause`. */
function causeOf(error: MPConnectionError): unknown {
  return Object.values(error).find((value) => value instanceof Error);
}
