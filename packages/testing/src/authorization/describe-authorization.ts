import { newId } from "@comanda/primitives";
import { ENROLMENT_ACR, STAFF } from "@comanda/service-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOfHeaders } from "../response-headers.ts";
import { CALLER_NAMES, type CallerName } from "./callers.ts";
import { type Matrix, type Row, readMatrix } from "./matrix.ts";
import { noteRoutes } from "./noted-routes.ts";
import { BAD_TOKENS, claimsOf, type Signer, sign } from "./token-states.ts";

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

/** An id that nothing has. */
const UNKNOWN_ID = "01940000-0000-7000-8000-000000000000";

/**
 * The tests of one service's authorization matrix: the routes that run are the rows there are, each declares the access
 * written down, and every cell (row × caller, row × state of the token) is asked over HTTP.
 */
export function describeAuthorization(service: string, start: () => Promise<Guarded>): void {
  const matrix = readMatrix(service);
  let guarded: Guarded;
  let routes: ReadonlyMap<string, string>;
  const callers = new Map<CallerName, Someone>();

  beforeAll(async () => {
    ({ started: guarded, routes } = await noteRoutes(start));
    for (const name of CALLER_NAMES) callers.set(name, await arrive(guarded, name));
  });
  afterAll(() => guarded.close());
  const someone = (name: CallerName): Someone => {
    const found = callers.get(name);
    if (found === undefined) throw new Error(`${name} has not arrived`);
    return found;
  };

  describe("the authorization matrix", () => {
    it("when the service is built, then every route has its row and declares its access, and every row its route", () => {
      expect(sorted(matrix.access)).toEqual(sorted(routes));
    });

    const cells = matrix.rows.flatMap((row) => CALLER_NAMES.map((caller) => ({ row, caller, name: row.name })));
    it.each(cells)("when $caller calls $name, then the matrix decides", async ({ row, caller }) => {
      const who = someone(caller);
      const answer = await ask(guarded, { row, who, token: who.token });
      expect(answer.status, answer.body).toBe(row.expect[caller]);
      // A challenge of the cell's own is for who has proved too little; who has no token is only asked for one.
      const wanted = caller === "nobody" && row.readsToken ? "Bearer" : (row.cell.challenge ?? "Bearer");
      if (answer.status === 401) expect(answer.challenge).toBe(wanted);
      if (answer.status === 403) expect(JSON.parse(answer.body).code).toBe("forbidden");
    });
  });

  describeDenials(matrix, { guarded: () => guarded, someone });
  describeBadTokens(matrix, { guarded: () => guarded, someone });
  describeEnrolment(matrix, { guarded: () => guarded, someone });
}

type Access = { readonly guarded: () => Guarded; readonly someone: (name: CallerName) => Someone };

/** Somebody else's thing must look exactly like a thing that never was (reliability OR-14). */
function describeDenials({ rows }: Matrix, { guarded, someone }: Access): void {
  const denials = rows
    .filter(({ cell }) => Object.values(cell.params ?? {}).some((word) => word.startsWith("{other")))
    .flatMap((row) =>
      CALLER_NAMES.filter((name) => row.expect[name] === 404).map((caller) => ({ row, caller, name: row.name })),
    );
  if (denials.length === 0) return;
  it.each(denials)("when $caller is denied by $name, then as if it did not exist", async ({ row, caller }) => {
    const who = someone(caller);
    const denied = await ask(guarded(), { row, who, token: who.token });
    const missing = await ask(guarded(), { row, who, token: who.token, isRandom: true });
    expect(denied).toEqual(missing);
  });
}

/** A bad token never counts as no token: the reader would be told what nobody may see, or worse. */
function describeBadTokens({ rows }: Matrix, { guarded, someone }: Access): void {
  const states = [...Object.keys(BAD_TOKENS), "revoked", "none of ours"];
  const cells = rows.flatMap((row) => states.map((state) => ({ row, state, name: row.name })));
  const made = new Map<string, Promise<string>>();
  const tokenOf = (name: CallerName, state: string) => {
    const key = `${name} ${state}`;
    const token = made.get(key) ?? makeBadToken(guarded(), { who: someone(name), state });
    made.set(key, token);
    return token;
  };
  it.each(cells)("when a token is $state at $name, then it opens nothing for anybody", async ({ row, state }) => {
    for (const caller of CALLER_NAMES.slice(1)) {
      const token = await tokenOf(caller, state);
      const answer = await ask(guarded(), { row, who: someone(caller), token, isRandom: row.readsToken });
      expect([caller, answer.status]).toEqual([caller, row.readsToken ? 401 : row.expect.nobody]);
      if (row.readsToken) expect(answer.challenge).toBe('Bearer error="invalid_token"');
    }
  });
}

/** Where a second factor is demanded, a password alone opens nothing but the way to set it up (reliability AU-16). */
function describeEnrolment({ rows }: Matrix, { guarded, someone }: Access): void {
  const closed = rows.filter(({ readsToken, allowsEnrolment }) => readsToken && !allowsEnrolment);
  if (closed.length === 0) return;
  it.each(closed)("when staff have yet to set up their second factor, then $name sends them there", async (row) => {
    for (const caller of STAFF) {
      const claims = { ...claimsOf(guarded().signer, someone(caller)), acr: ENROLMENT_ACR };
      const token = await sign(guarded().signer, claims);
      const answer = await ask(guarded(), { row, who: someone(caller), token });
      expect([caller, answer.status]).toEqual([caller, 401]);
      expect(answer.challenge).toContain('error="insufficient_user_authentication"');
    }
  });
}

async function makeBadToken(guarded: Guarded, { who, state }: { who: Someone; state: string }): Promise<string> {
  if (state === "none of ours") return "a.b.c";
  const claims = claimsOf(guarded.signer, who);
  const make = BAD_TOKENS[state];
  if (make !== undefined) return make(guarded.signer, claims);
  const token = await sign(guarded.signer, claims);
  await guarded.revoke(token, String(claims["jti"]));
  return token;
}

async function arrive(guarded: Guarded, name: CallerName): Promise<Someone> {
  const id = guarded.idOf?.(name) ?? newId();
  if (name === "nobody") return { name, id, token: null };
  return { name, id, token: await sign(guarded.signer, claimsOf(guarded.signer, { name, id })) };
}

type Question = {
  readonly row: Row;
  readonly who: Someone;
  readonly token: string | null;
  /** Asks for things that do not exist where the row names things that do. */
  readonly isRandom?: boolean;
};
type Answer = { readonly status: number; readonly challenge: string | null; readonly body: string };

async function ask(guarded: Guarded, { row, who, token, isRandom = false }: Question): Promise<Answer> {
  const [method = "", pattern = ""] = row.route.split(" ");
  const { cell } = row;
  const known: Guarded["words"] = { ...guarded.words, self: ({ id }) => id, random: () => newId() };
  const fill = async (text: string) => {
    let filled = text;
    for (const [whole, word = ""] of text.matchAll(/\{(\w+)\}/g)) {
      const make = known[word];
      if (make === undefined) throw new Error(`${row.name} uses {${word}}, which this service does not know`);
      const isThing = /^(own|other)_/.test(word);
      filled = filled.replace(whole, isRandom && isThing ? newId() : await make(who));
    }
    return filled;
  };
  const params = Object.entries(cell.params ?? {});
  let path = cell.path ?? pattern;
  for (const [param, word] of params) path = path.replace(`:${param}`, await fill(word));
  const query = cell.query === undefined ? "" : `?${await fill(cell.query)}`;
  const body = cell.form ?? (cell.body === undefined ? undefined : JSON.stringify(cell.body));
  const type = cell.type ?? (cell.form === undefined ? "application/json" : "application/x-www-form-urlencoded");
  const response = await fetch(`${guarded.url}${path.replace(/:\w+/g, UNKNOWN_ID)}${query}`, {
    method: method === "ANY" ? "GET" : method,
    redirect: "manual",
    headers: {
      ...cell.headers,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { body: await fill(body) }),
  });
  // Every route in every state passes here, and none may forget them (reliability OP-14, OP-16).
  const faults = faultsOfHeaders(response.headers);
  if (faults.length > 0)
    throw new Error(`${row.name} answered ${response.status} with wrong headers: ${faults.join(", ")}`);
  return {
    status: response.status,
    challenge: response.headers.get("www-authenticate"),
    body: response.status < 400 ? await drop(response) : withoutIds(await response.text()),
  };
}

async function drop(response: Response): Promise<string> {
  await response.body?.cancel();
  return "";
}

/** Ids and traces aside (reliability OR-14). */
function withoutIds(body: string): string {
  return body.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}/gi, "an-id");
}

function sorted(routes: ReadonlyMap<string, string>): readonly string[] {
  return [...routes].map(([route, access]) => `${route} → ${access}`).sort();
}
