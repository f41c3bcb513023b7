import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { claimsOf, sign } from "@comanda/testing/token-states";
import { type Shown, TOKEN_KINDS, TOKEN_PLACES } from "./bad-tokens.ts";
import type { Outcome, Trial } from "./corpus/entry.ts";
import type { House } from "./house-shape.ts";

/** A route of each service that everybody with a token may ask. */
const DOORS = { auth: "/auth", order: "/orders", payment: "/payments/" } as const;

/** Shows each kind of token to every service; whatever a token says of where its key is, nobody goes there. */
export async function tryTokens(
  house: House,
  { tokens, expect }: Extract<Trial, { tokens: unknown }>,
): Promise<Outcome> {
  const elsewhere = await listenElsewhere();
  const faults: string[] = [];
  let tries = 0;
  for (const service of ["auth", "order", "payment"] as const) {
    for (const kind of tokens) {
      tries += 1;
      const url = `${house.urlOf(service)}${DOORS[service]}`;
      const status = await show(url, await shownAs(house, { kind, service, elsewhere: elsewhere.url }));
      if (expect === "taken" || !expect.includes(status)) faults.push(`${service} answered ${status} to "${kind}"`);
    }
  }
  const calls = await elsewhere.close();
  if (calls > 0) faults.push(`${tokens.join(", ")} made somebody ask elsewhere ${calls} times`);
  return { tries, faults };
}

/** An address outside the house that counts who comes. */
async function listenElsewhere(): Promise<{ readonly url: string; readonly close: () => Promise<number> }> {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("nobody listens elsewhere");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      await once(server, "close");
      return calls;
    },
  };
}

type Showing = { readonly kind: string; readonly service: keyof typeof DOORS; readonly elsewhere: string };

async function shownAs(house: House, { kind, service, elsewhere }: Showing): Promise<Shown> {
  const signer = house.signerOf(service);
  const claims = claimsOf(signer, { name: "admin", id: house.idOf("admin") });
  const place = TOKEN_PLACES[kind];
  if (place !== undefined) return place(await sign(signer, claims));
  const make = TOKEN_KINDS[kind];
  if (make === undefined) throw new Error(`the corpus names a token "${kind}" that nobody makes`);
  return { headers: [["authorization", `Bearer ${await make(signer, claims, elsewhere)}`]] };
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
