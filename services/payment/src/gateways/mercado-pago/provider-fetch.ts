import { AsyncLocalStorage } from "node:async_hooks";
import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import type { ProviderResult } from "../../domain/provider-charge.ts";

/** A whole answer, body included, must be here by then. */
export const CALL_TIMEOUT_MS = 5_000;
const ANSWER_MAX_BYTES = 1024 * 1024;
/** Until when the call that is being made must be over, in ms of `performance.now()`. */
const deadline = new AsyncLocalStorage<number>();
const installed = Symbol.for("comanda.payment.provider-fetch");

/** An answer that no honest provider gives: too large, or from another host. */
export class StrangeAnswerError extends Error {
  override readonly name = "StrangeAnswerError";
}

/** Makes a call that is cut off at `untilMs` of `performance.now()`, whatever it is doing then. */
export function withinDeadline<Value>(untilMs: number, call: () => Promise<Value>): Promise<Value> {
  return deadline.run(untilMs, call);
}

/** The connection never came about, so that nothing can have happened there. */
const NEVER_ARRIVED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/**
 * Puts our own door between the SDK and the network, once per process. The SDK calls the global `fetch`, follows
 * redirects, stops its clock before the body is read, reads a body of any size, and loses the error bodies of the
 * Orders API (mercadopago.md §0.1, §1.5; reliability PA-26). Only the SDK's own calls are touched.
 */
export function installProviderFetch(): void {
  const marked: typeof fetch & { [installed]?: true } = globalThis.fetch;
  if (marked[installed] === true) return;
  const original = globalThis.fetch;
  const guarded: typeof fetch & { [installed]?: true } = (input, init) =>
    isFromSdk(init) ? fetchGuarded(original, input, init) : original(input, init);
  guarded[installed] = true;
  globalThis.fetch = guarded;
}

function isFromSdk(init: RequestInit | undefined): boolean {
  return new Headers(init?.headers).has(AppConfig.Headers.PRODUCT_ID);
}

/** The token goes to the one host that was set at start and to nobody else (reliability PA-26). */
function addressOf(input: Parameters<typeof fetch>[0]): string {
  if (typeof input === "string" && input.startsWith(`${AppConfig.BASE_URL}/`)) return input;
  throw new StrangeAnswerError("a call of the SDK to another host than the provider's");
}

async function fetchGuarded(
  original: typeof fetch,
  input: Parameters<typeof fetch>[0],
  init: RequestInit = {},
): Promise<Response> {
  const url = addressOf(input);
  const leftMs = (deadline.getStore() ?? Number.POSITIVE_INFINITY) - performance.now();
  const signal = AbortSignal.timeout(Math.max(1, Math.min(CALL_TIMEOUT_MS, Math.ceil(leftMs))));
  const response = await original(url, { ...init, redirect: "error", signal });
  const text = await readBounded(response);
  const { status, headers } = response;
  if (status === 204) return new Response(null, { status, headers });
  return new Response(response.ok ? text : withOneErrorShape(text), { status, headers: { ...retryAfter(headers) } });
}

/**
 * Reads something for which the SDK has no client, with the same clock and limits as the SDK's own calls.
 * @param path with its leading slash and its query
 */
export async function getFromProvider(path: string, accessToken: string): Promise<ProviderResult<unknown>> {
  try {
    const response = await fetchGuarded(globalThis.fetch, `${AppConfig.BASE_URL}${path}`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
    });
    const body = parse(await response.text());
    if (response.ok) return { outcome: "done", value: body };
    if (response.status === 429 || response.status >= 500) {
      return { outcome: "unavailable", reason: `the provider answered ${response.status}` };
    }
    return { outcome: "refused", status: response.status, code: `status-${response.status}` };
  } catch {
    // A read has no effect, so whatever cut it off, nothing happened.
    return { outcome: "unavailable", reason: "the provider cannot be reached" };
  }
}

async function readBounded(response: Response): Promise<string> {
  if (response.body === null) return "";
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.byteLength;
    // Leaving the loop cancels the stream, and with it the download.
    if (size > ANSWER_MAX_BYTES) throw new StrangeAnswerError("the provider's answer is too large");
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

function retryAfter(headers: Headers): Record<string, string> {
  const value = headers.get("retry-after");
  return value === null ? {} : { "retry-after": value };
}

/** Brings `{errors: [{code, message}]}` and `{code, message}` into the one shape that the SDK's errors keep. */
function withOneErrorShape(text: string): string {
  const body = parse(text);
  if (typeof body !== "object" || body === null || "error" in body) return text;
  const first: unknown = "errors" in body && Array.isArray(body.errors) ? body.errors[0] : body;
  if (typeof first !== "object" || first === null || !("code" in first)) return text;
  const message = "message" in first && typeof first.message === "string" ? first.message : "";
  return JSON.stringify({ error: String(first.code), message, cause: "errors" in body ? body.errors : [] });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: the SDK then builds an error by the status alone, which is all there is to know.
    return null;
  }
}

/** Says whether a failed call can be known to have had no effect. */
export function neverArrived(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(neverArrived);
    if ("code" in cause && typeof cause.code === "string" && NEVER_ARRIVED.has(cause.code)) return true;
  }
  return false;
}
