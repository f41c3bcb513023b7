import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import type { Guarded, Someone } from "@comanda/testing/authorization";
import { freshCpf, hireStaff, makeDevice, registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, post, postToken, settings, signToken } from "./harness.ts";
import { codeOf } from "./totp-app.ts";

const PASSWORD = registration().password;

/**
 * What the `{words}` of auth's authorization matrix stand for.
 *
 * @param mails the folder that letters are written into
 */
export function wordsOf(auth: Auth, mails: string): Guarded["words"] {
  const emails = new Map<string, string>();

  /** Somebody as the caller is, whom nothing else depends on. */
  async function newcomer({ name }: Someone): Promise<string> {
    if (name === "anonymous") return (await post(auth, "/customers/anonymous")).json().customer.id;
    if (name === "identified" || name === "registered") return keep(await registerGuest(auth));
    if (["kitchen", "cashier", "manager", "admin"].includes(name)) return keep(await hireStaff(auth, { role: name }));
    return newId();
  }
  function keep({ id, sent }: { readonly id: string; readonly sent: { readonly email: string } }): string {
    emails.set(id, sent.email);
    return id;
  }
  async function sessionOf(id: string): Promise<string> {
    const username = emails.get(id);
    // Somebody without a password has no session either.
    if (username === undefined) return newId();
    await postToken(auth, { username, password: PASSWORD });
    const token = await signToken(auth, { role: "admin" });
    const url = `/customers/sessions?subject=${id}`;
    return (await auth.app.inject({ url, headers: bearer(token) })).json().items[0].id;
  }
  const tokenOf = (id: string) => signToken(auth, { role: "kitchen", subject: id });
  const admin = () => signToken(auth, { role: "admin" });

  async function firstCode(id: string): Promise<string> {
    const begun = await post(auth, `/customers/${id}/mfa`, {
      token: await tokenOf(id),
      payload: { password: PASSWORD },
    });
    // Whoever is none of the staff has nothing to begin.
    return begun.statusCode === 201 ? codeOf(begun.json().secret, new Date()) : "000000";
  }
  async function recoveryCode(id: string): Promise<string> {
    const payload = { mfa_code: await firstCode(id) };
    const confirmed = await post(auth, `/customers/${id}/mfa/confirm`, { token: await tokenOf(id), payload });
    return confirmed.statusCode === 200 ? confirmed.json().recovery_codes[0] : "000000";
  }
  async function mailedCode({ id, token }: Someone): Promise<string> {
    const asked = await post(auth, `/customers/${id}/verification`, token === null ? {} : { token });
    if (asked.statusCode !== 202) return "000000";
    return waitFor(async () => {
      const letters = await Promise.all((await readdir(mails)).map((name) => readFile(join(mails, name), "utf8")));
      const ours = letters.find((text) => text.startsWith(`Para: ${emails.get(id)}\n`));
      return /^Seu código é (\d{6})/m.exec(ours ?? "")?.[1];
    });
  }
  const invite = async () => {
    const token = await signToken(auth, { role: "admin", subject: (await hireStaff(auth, { role: "admin" })).id });
    const payload = { email: registration().email, role: "cashier" };
    return (await post(auth, "/customers/invitations", { token, payload })).json();
  };

  return {
    client: () => `client_id=order&client_secret=${settings.ORDER_CLIENT_SECRET}`,
    fresh_cpf: () => freshCpf(),
    fresh_email: () => registration().email,
    known_cpf: async () => (await registerGuest(auth)).sent.cpf,
    newcomer,
    own_session: ({ id }) => sessionOf(id),
    first_code: ({ id }) => firstCode(id),
    recovery_code: ({ id }) => recoveryCode(id),
    mailed_code: mailedCode,
    invitation_code: async () => (await invite()).code,
    reset_code: async () => {
      const { id } = await hireStaff(auth);
      return (await post(auth, `/customers/${id}/password/reset`, { token: await admin() })).json().code;
    },
    receipt: async () => {
      const { id } = await registerGuest(auth);
      const url = `/customers/${id}`;
      return (await auth.app.inject({ method: "DELETE", url, headers: bearer(await admin()) })).json().id;
    },
    other_guest: async () => (await registerGuest(auth)).id,
    other_staff: async () => (await hireStaff(auth)).id,
    other_session: async () => sessionOf(keep(await registerGuest(auth))),
    other_invitation: async () => (await invite()).id,
    other_enrolled: async () => {
      const { id } = await hireStaff(auth);
      await recoveryCode(id);
      return id;
    },
    other_device: async () => (await makeDevice(auth)).id,
  };
}
