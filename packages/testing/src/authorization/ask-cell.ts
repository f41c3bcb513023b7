import { newId } from "@comanda/primitives";
import { faultsOfHeaders } from "../response-headers.ts";
import type { CallerName } from "./callers.ts";
import type { Row } from "./matrix.ts";
import { claimsOf, type Signer, sign } from "./token-states.ts";

/** Somebody before the door, as the rows' `{…}` words may need them. */
export type Someone = { readonly name: CallerName; readonly id: string; readonly token: string | null };

/** A service as the matrix needs it. */
export type Guarded = {
  /** Where it listens: a stream never ends, so requests are real ones. */
  readonly url: string;
  readonly signer: Signer;
  /** The id of this caller, where the service must know them; any id otherwise. */
  readonly idOf?: (name: CallerName) => string | undefined;
  /** What the `{words}` of the rows stand for, made anew for each request. `{self}` and `{random}` are everybody's. */
  readonly words: Readonly<Record<string, (caller: Someone) => string | Promise<string>>>;
  /** Makes a good token good for nothing, as a revocation does. */
  readonly revoke: (token: string, tokenId: string) => void | Promise<void>;
  readonly close: () => Promise<void>;
};

/** An answer as far as the matrix looks at it. */
export type CellAnswer = {
  readonly status: number;
  readonly challenge: string | null;
  /** Of a refusal, ids and traces aside (reliability OR-14); of a success nothing. */
  readonly body: string;
  /** Of a refusal, without those that differ from one request to the next. */
  readonly headers: Readonly<Record<string, string>>;
};

/** A request of a cell, ready to be sent, with the caller's own good token or with any other. */
export type CellRequest = { readonly who: Someone; readonly send: (token: string | null) => Promise<CellAnswer> };

/** An id that nothing has. */
const UNKNOWN_ID = "01940000-0000-7000-8000-000000000000";

/**
 * Makes what a cell is about, and the request.
 *
 * @param asked.isRandom asks for things that do not exist where the row names things that do
 */
export async function makeRequest(
  guarded: Guarded,
  { row, who: caller, isRandom = false }: { readonly row: Row; readonly who: Someone; readonly isRandom?: boolean },
): Promise<CellRequest> {
  const { cell } = row;
  const who = await somebodyNew(guarded, caller, cell.as);
  const fill = (text: string) => filled(guarded, { text, who, isRandom });
  const [method = "", pattern = ""] = row.route.split(" ");
  let path = cell.path === undefined ? pattern : await fill(cell.path);
  for (const [param, word] of Object.entries(cell.params ?? {})) path = path.replace(`:${param}`, await fill(word));
  const query = cell.query === undefined ? "" : `?${await fill(cell.query)}`;
  const text = cell.form ?? (cell.body === undefined ? undefined : JSON.stringify(cell.body));
  const written = text === undefined ? undefined : await fill(text);
  const body = cell.base64 === undefined ? written : Buffer.from(cell.base64, "base64");
  const type = cell.type ?? (cell.form === undefined ? "application/json" : "application/x-www-form-urlencoded");
  const url = `${guarded.url}${path.replace(/:\w+/g, UNKNOWN_ID)}${query}`;
  const send = async (token: string | null) => {
    const response = await fetch(url, {
      method: method === "ANY" ? "GET" : method,
      redirect: "manual",
      headers: {
        ...cell.headers,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body }),
    });
    // Every route in every state passes here, and none may forget them (reliability OP-14, OP-16).
    const faults = faultsOfHeaders(response);
    if (faults.length > 0)
      throw new Error(`${row.name} answered ${response.status} with wrong headers: ${faults.join(", ")}`);
    return answerOf(response);
  };
  return { who, send };
}

/** Where a cell would take away the ground under its caller, it is done by somebody made for it. */
async function somebodyNew(guarded: Guarded, caller: Someone, word: string | undefined): Promise<Someone> {
  if (word === undefined || caller.name === "nobody") return caller;
  const id = await filled(guarded, { text: word, who: caller, isRandom: false });
  const somebody = { name: caller.name, id };
  return { ...somebody, token: await sign(guarded.signer, claimsFor(guarded, somebody)) };
}

/** The claims of a good token of this very person. */
export function claimsFor({ signer }: Guarded, who: Pick<Someone, "name" | "id">): Readonly<Record<string, unknown>> {
  const claims = claimsOf(signer, who);
  // Of a token from the very second in which somebody's tokens are taken back nobody can tell which came first.
  return { ...claims, iat: Number(claims["iat"]) + 5 };
}

type Filling = { readonly text: string; readonly who: Someone; readonly isRandom: boolean };

async function filled(guarded: Guarded, { text, who, isRandom }: Filling): Promise<string> {
  const known: Guarded["words"] = { ...guarded.words, self: ({ id }) => id, random: () => newId() };
  let result = text;
  for (const [whole, word = ""] of text.matchAll(/\{(\w+)\}/g)) {
    const make = known[word];
    if (make === undefined) throw new Error(`the matrix uses {${word}}, which this service does not know`);
    const isThing = /^(own|other)_/.test(word);
    result = result.replace(whole, isRandom && isThing ? newId() : await make(who));
  }
  return result;
}

const CHANGING: ReadonlySet<string> = new Set(["date", "x-request-id", "traceparent", "keep-alive", "connection"]);

async function answerOf(response: Response): Promise<CellAnswer> {
  const { status } = response;
  const challenge = response.headers.get("www-authenticate");
  if (status < 400) {
    await response.body?.cancel();
    return { status, challenge, body: "", headers: {} };
  }
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !CHANGING.has(name)));
  return { status, challenge, body: withoutIds(await response.text()), headers };
}

function withoutIds(body: string): string {
  return body.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}/gi, "an-id");
}

/** Comes in, with the token of such a caller. */
export async function arrive(guarded: Guarded, name: CallerName): Promise<Someone> {
  const id = guarded.idOf?.(name) ?? newId();
  if (name === "nobody") return { name, id, token: null };
  return { name, id, token: await sign(guarded.signer, claimsFor(guarded, { name, id })) };
}
