import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "@comanda/testing";
import { ask } from "@comanda/testing/system-client";
import type { House } from "../house-shape.ts";
import { PASSWORD } from "../values.ts";
import { type Occasion, type Occasions, tokenFor } from "./occasion.ts";

type Guest = { readonly id: string; readonly email: string; readonly token: string };

async function register(house: House): Promise<Guest> {
  const email = house.freshEmail();
  const { customer } = await ask<{ customer: { id: string } }>(`${house.system.auth}/customers/register`, {
    body: { name: "Ana Souza", email, cpf: house.freshCpf(), password: PASSWORD, consent: true },
    expect: 201,
  });
  return { id: customer.id, email, token: await tokenFor(house, { name: "registered", id: customer.id }, "auth") };
}

async function aboutNewGuest(house: House): Promise<Occasion> {
  const { id, token } = await register(house);
  return { token, path: { id } };
}

/** The code in the letter to this address. */
async function codeSentTo(house: House, email: string): Promise<string> {
  const folder = join(house.system.dataDir, "mail");
  return waitFor(
    async () => {
      // A letter goes with its code; the newest ones are the last; ours is one of as many as are being written at a time.
      const names = (await readdir(folder)).sort().slice(-200);
      const letters = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
      const ours = letters.findLast((text) => text.startsWith(`Para: ${email}\n`));
      return /^Seu código é (\d{6})/m.exec(ours ?? "")?.[1];
    },
    { timeoutMs: 20_000, description: "the letter with the code" },
  );
}

/** What guests do with what is held about them. */
export const GUEST_OCCASIONS: Occasions = {
  "POST /customers/register": async (house) => ({
    caller: "nobody",
    body: { email: house.freshEmail(), cpf: house.freshCpf() },
  }),
  "POST /customers/admin": async (house) => ({ body: { email: house.freshEmail(), cpf: house.freshCpf() } }),
  "POST /customers/identify": async (house) => ({ caller: "nobody", body: { cpf: house.guest.cpf } }),
  "POST /customers/search": async (house) => {
    const { email } = await register(house);
    return { body: { email, cpf: undefined } };
  },
  "GET /customers/{id}": aboutNewGuest,
  "PATCH /customers/{id}": async (house) => ({
    ...(await aboutNewGuest(house)),
    body: { email: house.freshEmail(), cpf: undefined },
  }),
  "DELETE /customers/{id}": aboutNewGuest,
  "GET /customers/{id}/export": aboutNewGuest,
  "GET /customers/{id}/consents": aboutNewGuest,
  "POST /customers/{id}/consents": aboutNewGuest,
  "POST /customers/{id}/disclosure": async (house) => ({ path: { id: (await register(house)).id } }),
  "GET /customers/erasures/{id}": async (house) => {
    const { id, token } = await register(house);
    const receipt = await ask<{ id: string }>(`${house.system.auth}/customers/${id}`, {
      method: "DELETE",
      token,
      expect: 202,
    });
    return { caller: "nobody", path: { id: receipt.id } };
  },
  "POST /customers/{id}/verification": aboutNewGuest,
  "POST /customers/{id}/verification/confirm": async (house) => {
    const { id, email, token } = await register(house);
    const url = `${house.system.auth}/customers/${id}/verification`;
    await ask(url, { method: "POST", token, expect: 202 });
    return { token, path: { id }, body: { code: await codeSentTo(house, email) } };
  },
};
