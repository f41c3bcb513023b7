import { AsyncLocalStorage } from "node:async_hooks";
import { createOutbound, NotConnectedError, OutboundRefusedError } from "@comanda/service-kit";
import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import { OFFICIAL_URL } from "./base-url.ts";

/** A whole answer, body included, must be here by then. */
export const CALL_TIMEOUT_MS = 5_000;
/** A new connection, name look-up and TLS included: a host that does not even say hello is not waited for. */
const CONNECT_TIMEOUT_MS = 1_000;
const ANSWER_MAX_BYTES = 1024 * 1024;
/** Until when the call that is being made must be over, in ms of `performance.now()`. */
const deadline = new AsyncLocalStorage<number>();
const installed = Symbol.for("comanda.payment.provider-fetch");

/** A call that is none of ours to make: nothing is sent. */
class StrayCallError extends Error {
  override readonly name = "StrayCallError";
}

/** Makes a call that is cut off at `untilMs` of `performance.now()`, whatever it is doing then. */
export function withinDeadline<Value>(untilMs: number, call: () => Promise<Value>): Promise<Value> {
  return deadline.run(untilMs, call);
}

/** What is left of the time of the call that is being made, in ms; without end outside of one. */
export function msLeft(): number {
  return (deadline.getStore() ?? Number.POSITIVE_INFINITY) - performance.now();
}

/**
 * Puts our own door between the SDK and the network, once per process. The SDK calls the global `fetch`, follows
 * redirects, stops its clock before the body is read, reads a body of any size, and loses the error bodies of the
 * Orders API (provider §0.1, §1.5; reliability PA-26). Only the SDK's own calls are touched: they go through the
 * house's one door to other servers.
 */
export function installProviderFetch(): void {
  const marked: typeof fetch & { [installed]?: true } = globalThis.fetch;
  if (marked[installed] === true) return;
  const original = globalThis.fetch;
  const guarded: typeof fetch & { [installed]?: true } = (input, init) =>
    isFromSdk(init) ? fetchGuarded(input, init) : original(input, init);
  guarded[installed] = true;
  globalThis.fetch = guarded;
}

function isFromSdk(init: RequestInit | undefined): boolean {
  return new Headers(init?.headers).has(AppConfig.Headers.PRODUCT_ID);
}

/** The token goes to the one host that was set at start and to nobody else (reliability PA-26). */
function addressOf(input: Parameters<typeof fetch>[0]): string {
  if (typeof input === "string" && input.startsWith(`${AppConfig.BASE_URL}/`)) return input;
  throw new StrayCallError("a call of the SDK to another host than the provider's");
}

const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

/** What the SDK gets instead of `fetch`: only to the provider, no redirects, limited in time and size, errors in one shape. */
export async function fetchGuarded(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> {
  const url = addressOf(input);
  const method = METHODS.find((known) => known === (init.method ?? "GET"));
  if (method === undefined) throw new StrayCallError(`a call of the SDK with the method ${init.method}`);
  const { status, headers, body } = await doorTo(AppConfig.BASE_URL)(url, {
    method,
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(typeof init.body === "string" ? { body: init.body } : {}),
    timeoutMs: Math.max(1, Math.min(CALL_TIMEOUT_MS, Math.ceil(msLeft()))),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBytes: ANSWER_MAX_BYTES,
  });
  const retryAfter = headers["retry-after"];
  const told = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  if (status === 204) return new Response(null, { status });
  const text = body.toString();
  return new Response(status < 300 ? text : withOneErrorShape(text), { status, headers: told });
}

/** The real Mercado Pago must stand at a public address; what stands for it may stand where the configuration says. */
function doorTo(baseUrl: string): ReturnType<typeof createOutbound> {
  return createOutbound(baseUrl === OFFICIAL_URL ? {} : { own: [baseUrl] });
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

/** Says whether a failed call can be known to have had no effect: the connection never came about. */
export function neverArrived(error: unknown): boolean {
  return error instanceof NotConnectedError;
}

/** What TLS says of a certificate that it does not take: unknown signer, other host, over, revoked. */
const CERTIFICATE = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

/** Says whether there was no connection because nobody vouches for the other side (reliability F-44). */
export function isUntrusted(error: unknown): boolean {
  if (!(error instanceof NotConnectedError)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && CERTIFICATE.test(String(cause.code));
}

/** Says whether an answer, or where it came from, is such as no honest provider gives. */
export function isStrange(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof StrayCallError || error instanceof OutboundRefusedError;
}
