import type { System } from "@comanda/testing/system";
import { ask, guestToken } from "@comanda/testing/system-client";
import { type Contestant, compare, type Outcome } from "../load.ts";

/** The menu, whole and unchanged (304), against a bare route that sends the same bytes. */
export async function measureMenu(system: System, limit: Limits): Promise<ReadonlyMap<string, Outcome>> {
  const url = `${system.order}/products?limit=100`;
  const headers = { "accept-encoding": "gzip" };
  const menu = await fetch(url, { headers });
  const etag = menu.headers.get("etag");
  await menu.arrayBuffer();
  if (etag === null) throw new Error("the menu has no ETag");
  const contestants: Contestant[] = [
    { name: "bare route", load: { url: `${limit.url}/menu`, headers, clients: limit.clients, seconds: limit.seconds } },
    { name: "menu", load: { url, headers, clients: limit.clients, seconds: limit.seconds } },
    {
      name: "bare route, 304",
      load: { url: `${limit.url}/unchanged`, headers, clients: limit.clients, seconds: limit.seconds },
    },
    {
      name: "menu, 304",
      load: { url, headers: { ...headers, "if-none-match": etag }, clients: limit.clients, seconds: limit.seconds },
    },
  ];
  return compare(contestants, limit.rounds);
}

/** `GET /auth` against a bare route that sends as many bytes. */
export async function measureWhoAmI(system: System, limit: Limits): Promise<ReadonlyMap<string, Outcome>> {
  const token = await guestToken(system);
  await ask(`${system.auth}/auth`, { token });
  const load = { clients: limit.clients, seconds: limit.seconds };
  return compare(
    [
      { name: "bare route", load: { ...load, url: `${limit.url}/who` } },
      {
        name: "GET /auth",
        load: { ...load, url: `${system.auth}/auth`, headers: { authorization: `Bearer ${token}` } },
      },
    ],
    limit.rounds,
  );
}

/** Where the bare routes are, and how hard and long to ask. */
export type Limits = {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly rounds: number;
};
