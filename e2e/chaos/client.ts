import { hash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { newId } from "@comanda/primitives";
import type { History, OrderSeen } from "./history.ts";

/** A request of somebody. */
type Request = {
  readonly guest: number;
  /** What it is called in the history. */
  readonly op: string;
  readonly url: string;
  readonly method?: "GET" | "POST" | "PATCH";
  readonly token?: string;
  readonly body?: { readonly expected_version?: number; readonly [name: string]: unknown };
  /** Sent as Idempotency-Key with every try. */
  readonly key?: string;
  readonly order?: string;
};

/** An answer that decides: neither a failure of the house nor "not yet". */
export type Answered = { readonly status: number; readonly json: Readonly<Record<string, unknown>> };

/** Somebody who asks again, with the same key, until there is an answer. */
export type Client = { readonly ask: (request: Request) => Promise<Answered> };

const PATIENCE_MS = 120_000;
const TRY_MS = 8_000;
const PAUSE_MAX_MS = 1_500;
const UNDECIDED = new Set(["request-in-progress"]);

/** A client whose every try is in the history. */
export function makeClient(history: History): Client {
  return {
    ask: async (request) => {
      const key = request.key ?? newId();
      const deadline = Date.now() + PATIENCE_MS;
      for (let number = 1; ; number += 1) {
        const answered = await tryOnce(history, { request, key, number });
        if (answered !== null) return answered;
        if (Date.now() > deadline) {
          history.add({ kind: "gave_up", at: Date.now(), guest: request.guest, op: request.op });
          throw new Error(`guest ${request.guest} gave up: ${request.op}`);
        }
        await delay(Math.min(PAUSE_MAX_MS, 150 * number));
      }
    },
  };
}

async function tryOnce(
  history: History,
  { request, key, number }: { request: Request; key: string; number: number },
): Promise<Answered | null> {
  const startedAt = Date.now();
  const { status, text } = await send(request, key);
  const json = parse(text);
  const code = typeof json?.["code"] === "string" ? json["code"] : null;
  const seen = json !== null && "version" in json && "payment_status" in json ? (json as unknown as OrderSeen) : null; // an order by its two own fields
  history.add({
    kind: "try",
    startedAt,
    endedAt: Date.now(),
    guest: request.guest,
    op: request.op,
    order: request.order ?? seen?.id ?? null,
    key,
    isKeyed: request.key !== undefined,
    number,
    expected: request.body?.expected_version ?? null,
    status,
    code,
    digest: text === null ? null : hash("sha256", text).slice(0, 16),
    seen,
  });
  if (status === null || json === null || status >= 500 || status === 429 || UNDECIDED.has(code ?? "")) return null;
  return { status, json };
}

async function send(request: Request, key: string): Promise<{ status: number | null; text: string | null }> {
  const { url, token, body } = request;
  try {
    const response = await fetch(url, {
      method: request.method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(request.key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TRY_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch {
    // Cut, refused or too slow: what was done is not known.
    return { status: null, text: null };
  }
}

function parse(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    // Pictures are big, tokens are nobody's business; the digest is of the whole.
    return JSON.parse(text, (name, value: unknown) => (name === "qr_code_image" ? undefined : value)) as Record<
      string,
      unknown
    >; // every answer of the house is an object
  } catch {
    return null;
  }
}
