import type { Account } from "./account.ts";

/** What came back; `status` 0 means that nothing did, and `fault` says why. */
export type Reply = {
  readonly status: number;
  readonly body: unknown;
  /** The provider's own clock, when it told the time. */
  readonly date: Date | null;
  readonly fault: string | null;
};

/** Mercado Pago's REST API, for what the SDK has no client for (stores, points of sale, terminals) and to look closely. */
export type Provider = {
  readonly get: (path: string) => Promise<Reply>;
  readonly send: (
    method: "POST" | "PUT" | "PATCH",
    path: string,
    more?: { readonly body?: unknown; readonly key?: string },
  ) => Promise<Reply>;
};

const TIMEOUT_MS = 10_000;

/** Speaks for the account. No call throws: what goes wrong is an answer. */
export function openProvider({ baseUrl, accessToken }: Pick<Account, "baseUrl" | "accessToken">): Provider {
  async function call(method: string, path: string, more: { body?: unknown; key?: string } = {}): Promise<Reply> {
    try {
      const response = await fetch(new URL(path, baseUrl), {
        method,
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(more.body === undefined ? {} : { "content-type": "application/json" }),
          ...(more.key === undefined ? {} : { "x-idempotency-key": more.key }),
        },
        ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: "error",
      });
      const text = await response.text();
      const date = response.headers.get("date");
      return {
        status: response.status,
        body: parse(text),
        date: date === null ? null : new Date(date),
        fault: response.ok ? null : `${response.status} ${faultOf(parse(text))}`.trim(),
      };
    } catch (error) {
      return { status: 0, body: null, date: null, fault: `sem resposta (${causeOf(error)})` };
    }
  }
  return { get: (path) => call("GET", path), send: call };
}

/** The member of a JSON object, by its way through it; `undefined` wherever that ends. */
export function pick(value: unknown, ...way: readonly (string | number)[]): unknown {
  return way.reduce<unknown>(
    (inner, name) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}

/** The same, as a list; empty when it is none. */
export function pickList(value: unknown, ...way: readonly (string | number)[]): readonly unknown[] {
  const found = pick(value, ...way);
  return Array.isArray(found) ? found : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The provider's own code and words, in whichever of its shapes (provider §5.3). */
function faultOf(body: unknown): string {
  const words = [pick(body, "errors", 0, "code"), pick(body, "errors", 0, "message"), pick(body, "error")];
  return [...words, pick(body, "code"), pick(body, "message")].filter((word) => typeof word === "string").join(" ");
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code: unknown = pick(cause, "code");
  return typeof code === "string" ? code : cause instanceof Error ? cause.name : "erro";
}
