import { MercadoPagoConfig, MercadoPagoError, MPConnectionError } from "mercadopago";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { CALL_TIMEOUT_MS, installProviderFetch, neverArrived } from "./provider-fetch.ts";

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

/** Passing trouble of the other side: nothing was decided. */
const BUSY = new Set([408, 423, 424, 429]);

/**
 * Every call gets a configuration of its own: the SDK writes the options of one call back into the shared one, so that
 * the key of a charge would be sent again with its refund (mercadopago.md §1.3). The SDK's own retries are off: trying
 * again is the sweeper's business, in one place.
 *
 * @param pace waited for before each call, where calls must not come too fast
 */
export function makeSdk(accessToken: string, pace?: () => Promise<void>): Sdk {
  installProviderFetch();
  return async ({ answer, key, headers, send }) => {
    await pace?.();
    const options = {
      timeout: CALL_TIMEOUT_MS,
      maxRetries: 0,
      ...(key === null ? {} : { idempotencyKey: key }),
      // Whatever the SDK does not know it spreads into `fetch`, and these replace its own, the token included (§1.2).
      ...(headers === undefined ? {} : { headers: { ...headers, authorization: `Bearer ${accessToken}` } }),
    };
    try {
      const body = await send(new MercadoPagoConfig({ accessToken, options }));
      // What comes from outside is believed only in the shape we know.
      if (Value.Check(answer, body)) return { outcome: "done", value: body };
      return { outcome: "unknown", reason: "the answer has not its documented shape" };
    } catch (error) {
      return outcomeOf(error);
    }
  };
}

function outcomeOf(error: unknown): ProviderResult<never> {
  if (error instanceof MPConnectionError) {
    if (neverArrived(causeOf(error))) return { outcome: "unavailable", reason: "the provider cannot be reached" };
    return { outcome: "unknown", reason: "the call got no answer" };
  }
  if (!(error instanceof MercadoPagoError)) throw error;
  const { status, error: code } = error;
  if (status === 429 || status === 503) return { outcome: "unavailable", reason: `the provider answered ${status}` };
  if (BUSY.has(status) || status >= 500 || code === "idempotency_key_already_used") {
    return { outcome: "unknown", reason: `the provider answered ${status} ${code}`.trim() };
  }
  return { outcome: "refused", status, code: code === "" ? `status-${status}` : code };
}

/** The SDK keeps the network's error, but not in the standard `cause`. */
function causeOf(error: MPConnectionError): unknown {
  return Object.values(error).find((value) => value instanceof Error);
}
