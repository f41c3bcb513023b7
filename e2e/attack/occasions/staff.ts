import { ask } from "@comanda/testing/system-client";
import { codeOf } from "../../authenticator.ts";
import type { House } from "../house-shape.ts";
import { PASSWORD } from "../values.ts";
import { type Occasion, type Occasions, tokenFor } from "./occasion.ts";

/** Somebody of the staff, and a token of theirs for auth. */
type Hired = { readonly id: string; readonly email: string; readonly token: string };

/** Somebody new of the staff, with a password and nothing else. */
export async function hire(house: House): Promise<Hired> {
  const [token, email] = [await house.tokenOf("admin", "auth"), house.freshEmail()];
  const body = { name: "Rita Lima", email, cpf: house.freshCpf(), password: PASSWORD, role: "kitchen" };
  const { id } = await ask<{ id: string }>(`${house.system.auth}/customers/admin`, { token, body, expect: 201 });
  return { id, email, token: await tokenFor(house, { name: "kitchen", id }, "auth") };
}

async function begin(house: House): Promise<Hired & { readonly code: string }> {
  const hired = await hire(house);
  const url = `${house.system.auth}/customers/${hired.id}/mfa`;
  const body = { password: PASSWORD };
  const { secret } = await ask<{ secret: string }>(url, { token: hired.token, body, expect: 201 });
  return { ...hired, code: codeOf(secret) };
}

/** The same person with a second factor in use; `spare` is a recovery code. */
async function enrol(house: House): Promise<Hired & { readonly spare: string }> {
  const { code, ...hired } = await begin(house);
  const url = `${house.system.auth}/customers/${hired.id}/mfa/confirm`;
  const { recovery_codes: codes } = await ask<{ recovery_codes: string[] }>(url, {
    token: hired.token,
    body: { mfa_code: code },
  });
  const token = await tokenFor(house, { name: "kitchen", id: hired.id }, "auth");
  return { ...hired, token, spare: codes[0] ?? "" };
}

async function invite(house: House): Promise<{ readonly id: string; readonly code: string }> {
  const body = { email: house.freshEmail(), role: "cashier" };
  const token = await house.tokenOf("admin", "auth");
  return ask(`${house.system.auth}/customers/invitations`, { token, body, expect: 201 });
}

async function aboutNewHire(house: House): Promise<Occasion> {
  const { id } = await hire(house);
  return { caller: "admin", path: { id } };
}

/** What people of the staff do with accounts: their own, and as administrators those of others. */
export const STAFF_OCCASIONS: Occasions = {
  "GET /customers/sessions": async () => ({ caller: "admin", query: { subject: undefined } }),
  "POST /customers/{id}/mfa": async (house) => {
    const { id, token } = await hire(house);
    return { token, path: { id }, body: { password: PASSWORD } };
  },
  "POST /customers/{id}/mfa/confirm": async (house) => {
    const { id, token, code } = await begin(house);
    return { token, path: { id }, body: { mfa_code: code } };
  },
  "POST /customers/{id}/mfa/recovery-codes": async (house) => {
    const { id, token, spare } = await enrol(house);
    return { token, path: { id }, body: { password: PASSWORD, mfa_code: spare } };
  },
  "POST /customers/{id}/mfa/disable": async (house) => {
    const { id, token, spare } = await enrol(house);
    return { token, path: { id }, body: { password: PASSWORD, mfa_code: spare } };
  },
  "DELETE /customers/{id}/mfa": async (house) => {
    const { id } = await enrol(house);
    return { caller: "admin", path: { id } };
  },
  "GET /customers/{id}/mfa": aboutNewHire,
  "PUT /customers/{id}/pin": async (house) => {
    const { id, token } = await hire(house);
    return { token, path: { id }, body: { password: PASSWORD, pin: "4071" } };
  },
  "DELETE /customers/{id}/pin": aboutNewHire,
  "POST /customers/{id}/password": async (house) => {
    const { id, token } = await hire(house);
    return { token, path: { id }, body: { current_password: PASSWORD, new_password: `${PASSWORD} e meia` } };
  },
  "POST /customers/{id}/password/reset": aboutNewHire,
  "POST /customers/password": async (house) => {
    const { id } = await hire(house);
    const url = `${house.system.auth}/customers/${id}/password/reset`;
    const options = { method: "POST", token: await house.tokenOf("admin", "auth"), expect: 201 };
    const { code } = await ask<{ code: string }>(url, options);
    return { body: { code, password: `${PASSWORD} e meia` } };
  },
  "PATCH /customers/admin/{id}": aboutNewHire,
  "DELETE /customers/invitations/{id}": async (house) => {
    const { id } = await invite(house);
    return { caller: "admin", path: { id } };
  },
  "POST /customers/invitations/accept": async (house) => {
    const { code } = await invite(house);
    return { body: { code, cpf: house.freshCpf() } };
  },
  "DELETE /customers/sessions/{id}": async (house) => {
    const { id, email } = await hire(house);
    const form = new URLSearchParams({ grant_type: "password", username: email, password: PASSWORD });
    await fetch(`${house.system.auth}/token`, { method: "POST", body: form });
    const token = await house.tokenOf("admin", "auth");
    const url = `${house.system.auth}/customers/sessions?subject=${id}`;
    const { items } = await ask<{ items: { id: string }[] }>(url, { token });
    return { caller: "admin", path: { id: items[0]?.id ?? "" } };
  },
};
