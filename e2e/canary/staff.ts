import { codeOf, fromBase32 } from "../authenticator.ts";
import { COOK, plantToken, ROSA, STRANGER, type Stage } from "./cast.ts";
import type { Secrets } from "./secrets.ts";

/** The one invited: `spare` is a recovery code not yet used, `admin` the token of who takes care. */
type Cook = { readonly id: string; readonly admin: string; readonly token: string; readonly spare: string };

/** The administrator invites somebody, who signs in with all there is: password, second factor, PIN. */
export async function staffCome(stage: Stage, secrets: Secrets): Promise<{ readonly admin: string }> {
  const { client, system } = stage;
  const { email, password } = system.admin;
  const admin = await enter(stage, "the administrator's token", { username: email, password });
  const invited = await client.ask("POST", `${system.web}/customers/invitations`, {
    token: admin,
    json: { email: COOK.email, role: "cashier" },
    expect: 201,
  });
  const code = stage.plant("the code of an invitation", invited.json["code"]);
  const { name, cpf } = COOK;
  const account = { code, name, cpf, password: COOK.password };
  const accept = `${system.web}/customers/invitations/accept`;
  const { id } = (await client.ask("POST", accept, { json: account, expect: 201 })).json;
  await client.ask("POST", accept, { json: account });
  const cook = { id: String(id), admin, ...(await secondFactor(stage, String(id))) };
  await byPin(stage, cook);
  await newPassword(stage, cook);
  await services(stage, secrets);
  await client.ask("POST", `${system.web}/customers/search`, { token: admin, json: { cpf: ROSA.cpf }, expect: 200 });
  await client.ask("POST", `${system.web}/customers/search`, {
    token: admin,
    json: { email: STRANGER.email },
    expect: 404,
  });
  return { admin };
}

async function enter(stage: Stage, name: string, form: Record<string, string>): Promise<string> {
  const { json } = await stage.client.ask("POST", `${stage.system.web}/token`, { form, expect: 200 });
  if (json["refresh_token"] !== undefined) plantToken(stage, `${name}: refresh token`, json["refresh_token"]);
  return plantToken(stage, name, json["access_token"]);
}

async function secondFactor(stage: Stage, id: string): Promise<Pick<Cook, "token" | "spare">> {
  const { client, system } = stage;
  const me = `${system.web}/customers/${id}`;
  const right = { username: COOK.email, password: COOK.password };
  const token = await enter(stage, "the cook's token", right);
  await client.ask("POST", `${me}/mfa`, { token, json: { password: STRANGER.wrongPassword } });
  const begun = await client.ask("POST", `${me}/mfa`, { token, json: { password: COOK.password }, expect: 201 });
  const secret = stage.plant("the secret of the second factor", begun.json["secret"]);
  stage.plant("the secret of the second factor, in bytes", fromBase32(secret).toString("base64"), "base64");
  const first = stage.plant("the first one-time code", codeOf(secret), "short");
  const confirmed = await client.ask("POST", `${me}/mfa/confirm`, { token, json: { mfa_code: first }, expect: 200 });
  const codes: readonly string[] = confirmed.json["recovery_codes"] ?? [];
  for (const code of codes) {
    stage.plant("a recovery code", code);
    stage.plant("a recovery code without its hyphen", code.replace("-", ""));
  }
  const web = `${system.web}/token`;
  await client.ask("POST", web, { form: right, expect: 400 });
  await client.ask("POST", web, { form: { ...right, mfa_code: first }, expect: 400 });
  const [once = "", spare = ""] = codes;
  const proven = await enter(stage, "the cook's proven token", { ...right, mfa_code: once });
  await client.ask("POST", web, { form: { ...right, mfa_code: once }, expect: 400 });
  return { token: proven, spare };
}

async function byPin(stage: Stage, { id, admin, token }: Cook): Promise<void> {
  const { client, system } = stage;
  const pin = { password: COOK.password, pin: COOK.pin };
  await client.ask("PUT", `${system.web}/customers/${id}/pin`, { token, json: pin, expect: 204 });
  const made = { name: "Caixa 1", kind: "counter" };
  const device = (await client.ask("POST", `${system.web}/devices`, { token: admin, json: made, expect: 201 })).json;
  const pairing = stage.plant("a pairing code", device["pairing_code"], "short");
  const screen = await enter(stage, "the screen's token", { grant_type: "urn:comanda:device", pairing_code: pairing });
  const take = { grant_type: "urn:comanda:pin", person_id: id };
  const url = `${system.web}/token`;
  await client.ask("POST", url, { token: screen, form: { ...take, pin: "731955" }, expect: 400 });
  const taken = await client.ask("POST", url, { token: screen, form: { ...take, pin: COOK.pin }, expect: 200 });
  plantToken(stage, "the cook's token by PIN", taken.json["access_token"]);
}

async function newPassword(stage: Stage, { id, admin, spare }: Cook): Promise<void> {
  const { client, system } = stage;
  const reset = await client.ask("POST", `${system.web}/customers/${id}/password/reset`, { token: admin, expect: 201 });
  const code = stage.plant("the code of a new password", reset.json["code"]);
  const json = { code, password: COOK.newPassword };
  await client.ask("POST", `${system.web}/customers/password`, { json, expect: 204 });
  await enter(stage, "the cook's last token", { username: COOK.email, password: COOK.newPassword, mfa_code: spare });
}

/** The services' own way in, right and wrong, and what can be asked about a token. */
async function services(stage: Stage, { orderClientSecret: client_secret }: Secrets): Promise<void> {
  const { client, system } = stage;
  const form = { grant_type: "client_credentials", client_id: "order", client_secret };
  const token = await enter(stage, "a token of the order service", form);
  const wrong = { ...form, client_secret: STRANGER.wrongPassword };
  await client.ask("POST", `${system.web}/token`, { form: wrong, expect: 401 });
  await client.ask("POST", `${system.web}/token`, { form: { ...form, client_id: STRANGER.email }, expect: 401 });
  await client.ask("POST", `${system.auth}/introspect`, { form: { token, client_id: "order", client_secret } });
  await client.ask("POST", `${system.auth}/revoke`, { form: { token, client_id: "order", client_secret: "errado" } });
  await client.ask("GET", `${system.order}/orders/`, { token: `${token}x`, expect: 401 });
}
