import { cpfOf } from "@comanda/testing";
import { type Auth, post, postToken, signToken } from "./harness.ts";

let counter = 0;

/** A CPF with its check digits, another one each time. */
export function freshCpf(): string {
  counter += 1;
  return cpfOf(String(100_000_000 + counter * 7919).slice(-9));
}

/** The body of a registration that goes through, with another e-mail and CPF each time. */
export function registration(differences: Record<string, unknown> = {}) {
  counter += 1;
  return {
    name: "Ana Souza",
    email: `ana${counter}@exemplo.com.br`,
    cpf: freshCpf(),
    password: "um pastel de queijo",
    consent: true,
    ...differences,
  };
}

/** The body of a staff member who can be made. */
export function staffMember(differences: Record<string, unknown> = {}) {
  const { name, email, cpf, password } = registration({ name: "Rita Lima" });
  return { name, email, cpf, password, role: "cashier", ...differences };
}

/** Registers a guest through the API and gives what was sent and what came back. */
export async function registerGuest(auth: Auth, differences: Record<string, unknown> = {}) {
  const sent = registration(differences);
  const answer = await post(auth, "/customers/register", { payload: sent });
  if (answer.statusCode !== 201) throw new Error(`registration answered ${answer.statusCode}: ${answer.body}`);
  const { customer, access_token: token } = answer.json();
  return { sent, id: String(customer.id), token: String(token) };
}

/** Makes a staff member through the API, by the hand of some administrator. */
export async function hireStaff(auth: Auth, differences: Record<string, unknown> = {}) {
  const sent = staffMember(differences);
  const token = await signToken(auth, { role: "admin" });
  const answer = await post(auth, "/customers/admin", { payload: sent, token });
  if (answer.statusCode !== 201) throw new Error(`hiring answered ${answer.statusCode}: ${answer.body}`);
  return { sent, id: String(answer.json().id) };
}

/** Makes a device through the API, by the hand of some administrator. */
export async function makeDevice(auth: Auth, differences: Record<string, unknown> = {}) {
  const sent = { name: "Totem da entrada", kind: "kiosk", ...differences };
  const answer = await post(auth, "/devices", { payload: sent, token: await signToken(auth, { role: "admin" }) });
  if (answer.statusCode !== 201) throw new Error(`making a device answered ${answer.statusCode}: ${answer.body}`);
  return { sent, id: String(answer.json().id), code: String(answer.json().pairing_code) };
}

/** Makes a device and pairs it; gives its id and its first tokens. */
export async function pairDevice(auth: Auth, differences: Record<string, unknown> = {}) {
  const { id, code } = await makeDevice(auth, differences);
  const answer = await postToken(auth, { grant_type: "urn:comanda:device", pairing_code: code });
  if (answer.statusCode !== 200) throw new Error(`pairing answered ${answer.statusCode}: ${answer.body}`);
  const { access_token: token, refresh_token: refreshToken } = answer.json();
  return { id, code, token: String(token), refreshToken: String(refreshToken) };
}
