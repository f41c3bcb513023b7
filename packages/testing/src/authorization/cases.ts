import { ENROLMENT_ACR, STAFF } from "@comanda/service-kit";
import { type CellAnswer, claimsFor, type Guarded, makeRequest, type Someone } from "./ask-cell.ts";
import { CALLER_NAMES, type CallerName } from "./callers.ts";
import type { Matrix, Row } from "./matrix.ts";
import type { NotedRoutes } from "./noted-routes.ts";
import { BAD_TOKENS, sign } from "./token-states.ts";

/** One thing to be found out about a running service; `run` rejects, or says what is wrong. */
export type Case = {
  readonly name: string;
  readonly row: Row;
  /** @returns what is wrong, each with what it was; nothing when all is as the matrix says */
  readonly run: (house: Inhabited) => Promise<readonly string[]>;
};

/** A service and those who stand before it. */
export type Inhabited = { readonly guarded: Guarded; readonly someone: (name: CallerName) => Someone };

const WITH_TOKEN = CALLER_NAMES.filter((name) => name !== "nobody");
/** The eight states of reliability §3, and text that is no token at all. */
export const TOKEN_STATES: readonly string[] = [...Object.keys(BAD_TOKENS), "revoked", "none of ours"];

/** Who asks what and is let in or not, each with a good token. */
export function decisions({ rows }: Matrix): readonly Case[] {
  return rows.flatMap((row) =>
    CALLER_NAMES.map((caller) => ({
      name: `when ${caller} calls ${row.name}, then the matrix decides`,
      row,
      run: async ({ guarded, someone }: Inhabited) => {
        const { who, send } = await makeRequest(guarded, { row, who: someone(caller) });
        return faultsOf(row, caller, await send(who.token));
      },
    })),
  );
}

function faultsOf(row: Row, caller: CallerName, { status, challenge, body }: CellAnswer): readonly string[] {
  const wanted = row.expect[caller];
  if (status !== wanted) return [`${caller} was answered ${status}, not ${wanted}: ${body}`];
  // A challenge of the cell's own is for who has proved too little; who has no token is only asked for one.
  const asked = caller === "nobody" && row.readsToken ? "Bearer" : (row.cell.challenge ?? "Bearer");
  if (status === 401 && challenge !== asked) return [`${caller} was asked for ${challenge}, not ${asked}`];
  if (status === 403 && Object(JSON.parse(body)).code !== "forbidden") return [`${caller} was refused by ${body}`];
  return [];
}

/** Somebody else's thing must look exactly like a thing that never was (reliability OR-14). */
export function denials({ rows }: Matrix): readonly Case[] {
  return rows.filter(isAboutOthers).flatMap((row) =>
    CALLER_NAMES.filter((name) => row.expect[name] === 404).map((caller) => ({
      name: `when ${caller} is denied by ${row.name}, then as if it did not exist`,
      row,
      run: async ({ guarded, someone }: Inhabited) => {
        const theirs = await makeRequest(guarded, { row, who: someone(caller) });
        const nobodys = await makeRequest(guarded, { row, who: someone(caller), isRandom: true });
        const denied = JSON.stringify(await theirs.send(theirs.who.token));
        const missing = JSON.stringify(await nobodys.send(nobodys.who.token));
        return denied === missing ? [] : [`${denied} is not ${missing}`];
      },
    })),
  );
}

function isAboutOthers({ cell }: Row): boolean {
  const words = [...Object.values(cell.params ?? {}), cell.path ?? "", cell.query ?? ""];
  return words.some((word) => word.includes("{other"));
}

/**
 * A bad token never counts as no token: the reader would be told what nobody may see, or worse. What is asked for is
 * really there, one's own or another's as the cell says.
 */
export function badTokens({ rows }: Matrix): readonly Case[] {
  const made = new Map<string, Promise<string>>();
  const tokenOf = (guarded: Guarded, who: Someone, state: string) => {
    const key = `${who.name} ${who.id} ${state}`;
    const token = made.get(key) ?? makeBadToken(guarded, { who, state });
    made.set(key, token);
    return token;
  };
  return rows.flatMap((row) => {
    const asking = requestsOf(row);
    return TOKEN_STATES.map((state) => ({
      name: `when a token is ${state} at ${row.name}, then it opens nothing for anybody`,
      row,
      run: async (house: Inhabited) => {
        const faults: string[] = [];
        for (const caller of WITH_TOKEN) {
          const { who, send } = await asking(house, caller);
          const { status, challenge } = await send(await tokenOf(house.guarded, who, state));
          const wanted = row.readsToken ? 401 : row.expect.nobody;
          if (status !== wanted) faults.push(`${caller} was answered ${status}, not ${wanted}`);
          if (row.readsToken && challenge !== 'Bearer error="invalid_token"')
            faults.push(`${caller} was told ${challenge}`);
        }
        return faults;
      },
    }));
  });
}

/** What a bad token asks for stays as it is, so that one thing does for all of them; without a token all goes through. */
function requestsOf(row: Row): (house: Inhabited, caller: CallerName) => ReturnType<typeof makeRequest> {
  const known = new Map<CallerName, ReturnType<typeof makeRequest>>();
  return ({ guarded, someone }, caller) => {
    const request = known.get(caller) ?? makeRequest(guarded, { row, who: someone(caller) });
    if (row.readsToken) known.set(caller, request);
    return request;
  };
}

async function makeBadToken(guarded: Guarded, { who, state }: { who: Someone; state: string }): Promise<string> {
  if (state === "none of ours") return "a.b.c";
  const claims = claimsFor(guarded, who);
  const make = BAD_TOKENS[state];
  if (make !== undefined) return make(guarded.signer, claims);
  const token = await sign(guarded.signer, claims);
  await guarded.revoke(token, String(claims["jti"]));
  return token;
}

/** Where a second factor is demanded, a password alone opens nothing but the way to set it up (reliability AU-16). */
export function enrolments({ rows }: Matrix): readonly Case[] {
  return rows
    .filter(({ readsToken, allowsEnrolment }) => readsToken && !allowsEnrolment)
    .map((row) => ({
      name: `when staff have yet to set up their second factor, then ${row.name} sends them there`,
      row,
      run: async ({ guarded, someone }: Inhabited) => {
        const faults: string[] = [];
        for (const caller of STAFF) {
          const { who, send } = await makeRequest(guarded, { row, who: someone(caller) });
          const claims = { ...claimsFor(guarded, who), acr: ENROLMENT_ACR };
          const { status, challenge } = await send(await sign(guarded.signer, claims));
          const isSent = status === 401 && challenge?.includes('error="insufficient_user_authentication"') === true;
          if (!isSent) faults.push(`${caller} was answered ${status} ${challenge}`);
        }
        return faults;
      },
    }));
}

/**
 * The ids by which a route may be filtered and by which no cell asks: each wants a cell about something that is there,
 * and where guests or totems may ask, one by an id of theirs and one by another's.
 */
export function filterGaps({ rows, owned }: Matrix, filters: NotedRoutes["filters"]): readonly string[] {
  return [...filters]
    .flatMap(([route, names]) =>
      names.flatMap((name) => {
        const asked = rows.filter((row) => row.route === route).map(({ cell }) => cell.query ?? "");
        const wanted = owned.has(route) ? OWN_AND_OTHER : [/\w/];
        const isAsked = (kind: RegExp) =>
          asked.some((query) => new RegExp(`(?:^|&)${name}=\\{${kind.source}`).test(query));
        return wanted.every(isAsked) ? [] : [`${route} has no cells for ?${name}=`];
      }),
    )
    .sort();
}

const OWN_AND_OTHER = [/(?:own_|self\})/, /other_/];

/** The routes that run and the rows there are: what is missing on either side, or declares another access. */
export function differences(matrix: Matrix, routes: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...matrix.access.keys(), ...routes.keys()]);
  return [...names]
    .filter((name) => matrix.access.get(name) !== routes.get(name))
    .map((name) => `${name}: ${matrix.access.get(name) ?? "no row"} here, ${routes.get(name) ?? "no route"} there`)
    .sort();
}
