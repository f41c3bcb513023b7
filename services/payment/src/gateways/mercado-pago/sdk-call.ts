import { MercadoPagoConfig, MercadoPagoError, MPConnectionError, MPRateLimitError } from "mercadopago";
import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { CALL_TIMEOUT_MS, installProviderFetch, neverArrived, StrangeAnswerError } from "./provider-fetch.ts";
import type { ProviderLimits, ProviderObserver, Try } from "./provider-limits.ts";

/** One call of the SDK: what its answer must look like, its key when it writes, and the call itself. */
type SdkCall<Schema extends TSchema> = {
  readonly answer: Schema;
  /** `null` for reads. At most 64 characters (mercadopago.md §5.1). */
  readonly key: string | null;
  /** More headers, for what only a header says. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly send: (config: MercadoPagoConfig) => Promise<unknown>;
};

/** Makes calls through the official SDK and turns whatever comes of them into an outcome. */
export type Sdk = <Schema extends TSchema>(call: SdkCall<Schema>) => Promise<ProviderResult<Static<Schema>>>;

/** Names that Mercado Pago gives to whoever integrates it; absent where none was given (mercadopago.md §12, 29). */
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

/** Passing trouble of the other side: nothing was decided. */
const BUSY = new Set([408, 423, 424, 429]);

/**
 * Every call gets a configuration of its own: the SDK writes the options of one call back into the shared one, so that
 * the key of a charge would be sent again with its refund (mercadopago.md §1.3). The SDK's own retries are off: how
 * often is tried is the limits' business, and asking again later the sweeper's.
 */
export function makeSdk(accessToken: string, { limits, observer, pace, identifiers = {} }: SdkSurroundings): Sdk {
  installProviderFetch();
  return async (call) => {
    const name = call.key?.split("-")[0] ?? "read";
    await pace?.();
    return limits(name, () =>
      trySdk(call, { accessToken, identifiers, onStrangeAnswer: () => observer.onStrangeAnswer(name) }),
    );
  };
}

async function trySdk<Schema extends TSchema>(
  { answer, key, headers, send }: SdkCall<Schema>,
  {
    accessToken,
    identifiers,
    onStrangeAnswer,
  }: { readonly accessToken: string; readonly identifiers: Identifiers; readonly onStrangeAnswer: () => void },
): Promise<Try<Static<Schema>>> {
  const options = {
    ...identifiers,
    timeout: CALL_TIMEOUT_MS,
    maxRetries: 0,
    ...(key === null ? {} : { idempotencyKey: key }),
    // Whatever the SDK does not know it spreads into `fetch`, and these replace its own, the token included (§1.2).
    ...(headers === undefined ? {} : { headers: { ...headers, ...SDK_MARK, authorization: `Bearer ${accessToken}` } }),
  };
  try {
    const body = await send(new MercadoPagoConfig({ accessToken, options }));
    // What comes from outside is believed only in the shape we know.
    if (Value.Check(answer, body)) return well({ outcome: "done", value: body });
    onStrangeAnswer();
    return ill({ outcome: "unknown", reason: "the answer has not its documented shape" });
  } catch (error) {
    if (error instanceof SyntaxError || isStrange(error)) onStrangeAnswer();
    return tryOf(error);
  }
}

function well<Value>(result: ProviderResult<Value>): Try<Value> {
  return { result, isIll: false, isWorthRepeating: false, retryAfterSeconds: null };
}

function ill<Value>(result: ProviderResult<Value>, isWorthRepeating = false): Try<Value> {
  return { result, isIll: true, isWorthRepeating, retryAfterSeconds: null };
}

function tryOf(error: unknown): Try<never> {
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
    return { ...well(result), retryAfterSeconds: error.retryAfter };
  }
  if (status === 503) return ill({ outcome: "unavailable", reason: `the provider answered ${status}` }, true);
  const reason = `the provider answered ${status} ${code}`.trim();
  if (status >= 500) return ill({ outcome: "unknown", reason }, true);
  if (BUSY.has(status) || code === "idempotency_key_already_used") return well({ outcome: "unknown", reason });
  return well({ outcome: "refused", status, code: code === "" ? `status-${status}` : code });
}

/** Not JSON, cut off in the middle, or larger than any answer should be. */
function isStrange(error: unknown): boolean {
  if (!(error instanceof MPConnectionError)) return false;
  const cause = causeOf(error);
  return cause instanceof SyntaxError || cause instanceof StrangeAnswerError;
}

/** The SDK keeps the network's error, but not in the standard `cause`. */
function causeOf(error: MPConnectionError): unknown {
  return Object.values(error).find((value) => value instanceof Error);
}
