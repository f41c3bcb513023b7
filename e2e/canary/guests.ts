import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "@comanda/testing";
import { plantToken, ROSA, STRANGER, type Stage, VERA } from "./cast.ts";

/** A guest who came in: id and access token. */
export type Guest = { readonly id: string; readonly token: string };

/** Rosa and Vera register, prove themselves, sign in rightly and wrongly, and are known again by their CPF. */
export async function guestsCome(stage: Stage): Promise<{ readonly rosa: Guest; readonly vera: Guest }> {
  const rosa = await register(stage, ROSA, "Rosa");
  const vera = await register(stage, VERA, "Vera");
  await beRefused(stage);
  await signIn(stage);
  await prove(stage, vera);
  const { client, system } = stage;
  for (const cpf of [ROSA.cpf, dotted(ROSA.cpf)]) {
    const { json } = await client.ask("POST", `${system.web}/customers/identify`, { json: { cpf }, expect: 200 });
    plantToken(stage, "Rosa's token by CPF", json["access_token"]);
  }
  const me = `${system.web}/customers/${rosa.id}`;
  await client.ask("PATCH", me, { token: rosa.token, json: { name: ROSA.name, email: ROSA.email }, expect: 200 });
  await client.ask("POST", `${me}/consents`, { token: rosa.token, json: { purpose: "marketing", given: true } });
  return { rosa, vera };
}

/** `39053344705` as `390.533.447-05`. */
export function dotted(cpf: string): string {
  return cpf.replace(/^(...)(...)(...)(..)$/, "$1.$2.$3-$4");
}

type Known = Pick<typeof ROSA, "name" | "email" | "cpf" | "password">;

async function register(
  stage: Stage,
  { name, email, cpf, password }: { readonly [Field in keyof Known]: string },
  who: string,
): Promise<Guest> {
  const { json } = await stage.client.ask("POST", `${stage.system.web}/customers/register`, {
    json: { name, email, cpf: dotted(cpf), password, consent: true },
    headers: { "idempotency-key": `${who}-registers-at-the-shop` },
    expect: 201,
  });
  return {
    id: String(json["customer"]?.["id"]),
    token: plantToken(stage, `${who}'s access token`, json["access_token"]),
  };
}

/** The data are right, and still nobody comes in: taken, unknown, or half. */
async function beRefused({ client, system }: Stage): Promise<void> {
  const { name, email, cpf, password } = ROSA;
  const body = { name, email, cpf, password, consent: true };
  await client.ask("POST", `${system.web}/customers/register`, { json: body, expect: 409 });
  await client.ask("POST", `${system.web}/customers/register`, { json: { ...body, consent: false }, expect: 422 });
  await client.ask("POST", `${system.web}/customers/register`, { json: { ...body, password: cpf, email: cpf } });
  await client.ask("POST", `${system.web}/customers/register`, { raw: JSON.stringify(body).slice(0, -3), expect: 400 });
  await client.ask("POST", `${system.web}/customers/identify`, { json: { cpf: STRANGER.cpf }, expect: 404 });
  await client.ask("POST", `${system.web}/customers/identify`, {
    json: { cpf: dotted(cpf), [email]: cpf },
    expect: 422,
  });
}

async function signIn(stage: Stage): Promise<void> {
  const { client, system } = stage;
  const url = `${system.web}/token`;
  const right = { username: ROSA.email, password: ROSA.password };
  const first = (await client.ask("POST", url, { form: right, expect: 200 })).json;
  plantToken(stage, "Rosa's signed-in token", first["access_token"]);
  const refresh = plantToken(stage, "Rosa's refresh token", first["refresh_token"]);
  const form = { grant_type: "refresh_token", refresh_token: refresh };
  const second = (await client.ask("POST", url, { form, expect: 200 })).json;
  plantToken(stage, "Rosa's renewed token", second["access_token"]);
  const next = plantToken(stage, "Rosa's second refresh token", second["refresh_token"]);
  await client.ask("POST", url, { form: { grant_type: "refresh_token", refresh_token: next }, expect: 200 });
  // Its successor was used: the session ends, and that is worth an alarm in the log.
  await client.ask("POST", url, { form, expect: 400 });
  const wrong = { username: ROSA.email, password: STRANGER.wrongPassword };
  await client.ask("POST", url, { form: wrong, expect: 400 });
  await client.ask("POST", url, { form: { username: STRANGER.email, password: ROSA.password }, expect: 400 });
}

/** The code goes by e-mail, here into a folder. */
async function prove(stage: Stage, { id, token }: Guest): Promise<void> {
  const { client, system } = stage;
  const me = `${system.web}/customers/${id}/verification`;
  await client.ask("POST", me, { token, expect: 202 });
  const code = await waitFor(async () => {
    const folder = join(system.dataDir, "mail");
    const letters = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), "utf8").catch(() => "")),
    );
    const ours = letters.find((text) => text.includes(VERA.email));
    return /(?<!\d)\d{6}(?!\d)/.exec(ours?.split("\n\n").slice(1).join("\n") ?? "")?.[0];
  });
  stage.plant("Vera's code by e-mail", code, "short");
  const wrong = code === "111111" ? "222222" : "111111";
  await client.ask("POST", `${me}/confirm`, { token, json: { code: wrong } });
  const { json } = await client.ask("POST", `${me}/confirm`, { token, json: { code }, expect: 200 });
  plantToken(stage, "Vera's proven token", json["access_token"]);
  plantToken(stage, "Vera's refresh token", json["refresh_token"]);
}
