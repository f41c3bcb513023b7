import { ask } from "@comanda/testing/system-client";
import type { House } from "../house-shape.ts";
import { PASSWORD } from "../values.ts";
import type { Occasion, Occasions } from "./occasion.ts";
import { hire } from "./staff.ts";

/** Everything that may stand in a form of the OAuth endpoints. */
const FORM_FIELDS = [
  ...["grant_type", "username", "password", "mfa_code", "refresh_token", "pairing_code", "person_id", "pin"],
  ...["client_id", "client_secret", "client_assertion_type", "client_assertion", "resource", "token_type_hint"],
];

function form(own: Readonly<Record<string, string>>): NonNullable<Occasion["body"]> {
  return { ...Object.fromEntries(FORM_FIELDS.map((name) => [name, undefined])), ...own };
}

async function byRefreshToken(house: House): Promise<Occasion> {
  const { email } = await hire(house);
  const body = new URLSearchParams({ grant_type: "password", username: email, password: PASSWORD });
  const response = await fetch(`${house.system.auth}/token`, { method: "POST", body });
  const { refresh_token } = (await response.json()) as { refresh_token: string }; // our own system's answer
  return { body: form({ grant_type: "refresh_token", refresh_token }) };
}

async function byPairingCode(house: House): Promise<Occasion> {
  const { pairing_code } = await ask<{ pairing_code: string }>(`${house.system.auth}/devices`, {
    token: await house.tokenOf("admin", "auth"),
    body: { name: "Painel", kind: "panel" },
    expect: 201,
  });
  return { body: form({ grant_type: "urn:comanda:device", pairing_code }) };
}

async function byPin(house: House): Promise<Occasion> {
  const { id, token } = await hire(house);
  const pin = { password: PASSWORD, pin: "4071" };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const url = `${house.system.auth}/customers/${id}/pin`;
  await fetch(url, { method: "PUT", headers, body: JSON.stringify(pin) });
  return {
    token: await house.tokenOf("device:counter", "auth"),
    body: form({ grant_type: "urn:comanda:pin", person_id: id, pin: pin.pin }),
  };
}

const client = (house: House) => ({ client_id: "order", client_secret: house.clientSecret });

/** Each grant in its turn. */
const GRANTS: readonly ((house: House) => Promise<Occasion>)[] = [
  async ({ guest }) => ({ body: form({ grant_type: "password", username: guest.email, password: PASSWORD }) }),
  byRefreshToken,
  async (house) => ({ body: form({ grant_type: "client_credentials", ...client(house) }) }),
  byPairingCode,
  byPin,
];

/** What is asked of the OAuth endpoints. */
export const TOKEN_OCCASIONS: Occasions = {
  "POST /token": async (house, turn) => (GRANTS[turn % GRANTS.length] ?? byRefreshToken)(house),
  "POST /introspect": async (house) => ({
    body: form({ token: await house.tokenOf("admin", "order"), ...client(house) }),
  }),
  "POST /revoke": async (house) => ({ body: form({ token: house.guest.token, ...client(house) }) }),
};
