import { request } from "node:http";
import { claimsOf, sign } from "@comanda/testing/token-states";
import { type Shown, TOKEN_KINDS, TOKEN_PLACES } from "./bad-tokens.ts";
import type { Outcome, Trial } from "./corpus/entry.ts";
import type { House } from "./house-shape.ts";

/** A route of each service that everybody with a token may ask. */
const DOORS = { auth: "/auth", order: "/orders", payment: "/payments/" } as const;

/** Shows each kind of token to every service. */
export async function tryTokens(
  house: House,
  { tokens, expect }: Extract<Trial, { tokens: unknown }>,
): Promise<Outcome> {
  const faults: string[] = [];
  let tries = 0;
  for (const service of ["auth", "order", "payment"] as const) {
    for (const kind of tokens) {
      tries += 1;
      const url = `${house.urlOf(service)}${DOORS[service]}`;
      const status = await show(url, await shownAs(house, { kind, service }));
      if (expect === "taken" || !expect.includes(status)) faults.push(`${service} answered ${status} to "${kind}"`);
    }
  }
  return { tries, faults };
}

async function shownAs(house: House, { kind, service }: { kind: string; service: keyof typeof DOORS }): Promise<Shown> {
  const signer = house.signerOf(service);
  const claims = claimsOf(signer, { name: "admin", id: house.idOf("admin") });
  const place = TOKEN_PLACES[kind];
  if (place !== undefined) return place(await sign(signer, claims));
  const make = TOKEN_KINDS[kind];
  if (make === undefined) throw new Error(`the corpus names a token "${kind}" that nobody makes`);
  return { headers: [["authorization", `Bearer ${await make(signer, claims)}`]] };
}

/** Node's own client, since `fetch` would put headers in order. */
function show(url: string, { headers, query }: Shown): Promise<number> {
  const flat = [["host", new URL(url).host], ...headers].flat();
  return new Promise((resolve, reject) => {
    const asked = request(query === undefined ? url : `${url}?${query}`, { headers: flat }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject).end();
  });
}
