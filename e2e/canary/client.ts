import type { Place } from "@comanda/testing/canary";

/** Any JSON answer of the system's own. */
export type Json = Record<string, never>;

type Ask = {
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** A body as it is, of type JSON. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are right; the story stops at any other. */
  readonly expect?: number;
};

type Answer = { readonly status: number; readonly json: Json };

/** A client that keeps every refusal, head and body, to be searched afterwards. */
export type Client = {
  readonly ask: (method: string, url: string, ask?: Ask) => Promise<Answer>;
  /** Asks for a page of staff, and keeps it to be searched. */
  readonly show: (name: string, url: string, token: string) => Promise<void>;
  /** All that was kept. */
  readonly seen: () => readonly Place[];
};

/** @throws Error from `ask` when an answer is not the one expected: the story would prove nothing */
export function createClient(): Client {
  const seen: Place[] = [];
  const client: Client = {
    seen: () => seen,
    show: async (name, url, token) => {
      const { json } = await client.ask("GET", url, { token, expect: 200 });
      seen.push({ place: `page of ${name}`, text: JSON.stringify(json) });
    },
    ask: async (method, url, { token, json, form, raw, headers, expect } = {}) => {
      const body = raw ?? (form === undefined ? JSON.stringify(json) : new URLSearchParams(form).toString());
      const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
      const response = await fetch(url, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": type }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        redirect: "manual",
        signal: AbortSignal.timeout(15_000),
      });
      const text = await response.text();
      const { status } = response;
      if (status >= 400) {
        const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
        // The address is ours; only its shape is kept, or each refusal would hold what was sent.
        const path = new URL(url).pathname.replaceAll(/[^/]*\d[^/]*/g, "…");
        seen.push({ place: `refusal ${status} of ${method} ${path.slice(0, 60)}`, text: `${head}\n\n${text}` });
      }
      if (expect !== undefined && status !== expect) throw new Error(`${method} ${url} answered ${status}: ${text}`);
      const isJson = response.headers.get("content-type")?.includes("json") === true;
      return { status, json: (isJson ? JSON.parse(text) : {}) as Json }; // see Json
    },
  };
  return client;
}
