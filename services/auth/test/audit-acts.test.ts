import { addSeconds } from "@comanda/primitives";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, registerGuest, registration } from "./builders.ts";
import { type Auth, callAuth, type Method, postToken, signToken, startAuth } from "./harness.ts";
import { codeOf } from "./totp-app.ts";

const PASSWORD = "um pastel de queijo";
const NEXT = "dois pasteis de carne";

let auth: Auth;
let admin: { readonly id: string; readonly token: string };
beforeAll(async () => {
  auth = await startAuth();
  const { id } = await hireStaff(auth, { role: "admin" });
  admin = { id, token: await signToken(auth, { role: "admin", subject: id }) };
});
afterAll(() => auth.close());

const call = (method: Method, url: string, asked: { token?: string; payload?: object } = {}) =>
  callAuth(auth, method, url, asked);
const byAdmin = (method: Method, url: string, payload?: object) =>
  callAuth(auth, method, url, { token: admin.token, payload });

/** Somebody of the shop with a session, a PIN and a second factor that is in use. */
async function employee() {
  const { id, sent } = await hireStaff(auth, { role: "cashier", password: PASSWORD });
  const { access_token: token } = (await postToken(auth, { username: sent.email, password: PASSWORD })).json();
  await call("PUT", `/customers/${id}/pin`, { token, payload: { password: PASSWORD, pin: "4071" } });
  const { secret } = (await call("POST", `/customers/${id}/mfa`, { token, payload: { password: PASSWORD } })).json();
  const confirming = { mfa_code: codeOf(secret, new Date()) };
  await call("POST", `/customers/${id}/mfa/confirm`, { token, payload: confirming });
  const [session] = (await byAdmin("GET", `/customers/sessions?subject=${id}`)).json().items;
  return { id, token: String(token), secret: String(secret), session: String(session.id) };
}

const invited = async () =>
  (await byAdmin("POST", "/customers/invitations", { email: registration().email, role: "kitchen" })).json();
const resetOf = async (id: string) => (await byAdmin("POST", `/customers/${id}/password/reset`)).json().code;
const accepting = (code: string) => ({ code, name: "Rita Lima", password: PASSWORD });

/** What was written of one thing, oldest first. */
async function writtenOf(id: string, action?: string) {
  const { rows } = await auth.database.pool.query(
    "select content from audit_trail where target_id = $1 and action = coalesce($2, action) order by seq",
    [id, action ?? null],
  );
  return rows.map(({ content }) => JSON.parse(content));
}

describe("what the trail says of accounts", () => {
  it("when somebody gets another role or is kept out, then from what to what", async () => {
    const { id } = await hireStaff(auth, { role: "cashier" });
    await byAdmin("PATCH", `/customers/admin/${id}`, { role: "manager" });
    await byAdmin("PATCH", `/customers/admin/${id}`, { active: false });
    await byAdmin("PATCH", `/customers/admin/${admin.id}`, { active: false });
    expect(await writtenOf(id, "update-staff-member")).toMatchObject([
      { outcome: "ok", details: { role_before: "cashier", role: "manager" } },
      { outcome: "ok", details: { active_before: true, active: false } },
    ]);
    expect(await writtenOf(admin.id, "update-staff-member")).toMatchObject([
      { outcome: "refused", details: { active: false } },
    ]);
  });

  it("when somebody is invited, joins, and another is not to come, then each stands there, as what it is", async () => {
    const [coming, not] = [await invited(), await invited()];
    await byAdmin("DELETE", `/customers/invitations/${not.id}`);
    const { id } = (await call("POST", "/customers/invitations/accept", { payload: accepting(coming.code) })).json();
    expect(await writtenOf(coming.id)).toMatchObject([
      { action: "invite-staff-member", target: { kind: "invitations" }, details: { role: "kitchen" } },
    ]);
    expect((await writtenOf(not.id))[1]).toMatchObject({
      action: "revoke-invitation",
      actor: { id: admin.id },
      target: { kind: "invitations" },
    });
    expect(await writtenOf(id)).toMatchObject([
      {
        action: "accept-invitation",
        outcome: "ok",
        actor: { id, role: "kitchen" },
        target: { kind: "customers" },
        details: { role: "kitchen", invitation: coming.id },
      },
    ]);
  });

  it("when a password is reset and chosen anew, then who did what", async () => {
    const { id } = await hireStaff(auth, { role: "cashier" });
    const payload = { code: await resetOf(id), password: NEXT };
    await call("POST", "/customers/password", { payload });
    expect((await writtenOf(id)).slice(-2)).toMatchObject([
      { action: "reset-password", actor: { id: admin.id, role: "admin" } },
      { action: "redeem-password-reset", outcome: "ok", actor: { id, role: "cashier" } },
    ]);
  });

  it("when a session is ended by somebody else, then it is a session, and whose", async () => {
    const who = await hireStaff(auth, { role: "cashier", password: PASSWORD });
    await postToken(auth, { username: who.sent.email, password: PASSWORD });
    const [session] = (await byAdmin("GET", `/customers/sessions?subject=${who.id}`)).json().items;
    await byAdmin("DELETE", `/customers/sessions/${session.id}`);
    expect(await writtenOf(session.id)).toMatchObject([
      { action: "revoke-session", target: { kind: "sessions" }, details: { person: who.id } },
    ]);
  });
});

describe("what the trail says of looking", () => {
  it("when a list is asked for one person, then for whom, and whom it showed", async () => {
    const guest = await registerGuest(auth);
    await byAdmin("GET", `/customers?customer_id=${guest.id}&role=customer`);
    expect(await writtenOf(guest.id)).toMatchObject([
      { action: "list-customers", target: { kind: "customers" }, details: { role: "customer", ids: [guest.id] } },
    ]);
  });

  it("when somebody else's sessions are looked at, then it stands there; one's own are nobody's business", async () => {
    const { id } = await registerGuest(auth);
    await byAdmin("GET", `/customers/sessions?subject=${id}`);
    await byAdmin("GET", "/customers/sessions");
    expect(await writtenOf(id)).toMatchObject([{ action: "list-sessions", actor: { id: admin.id } }]);
    expect(await writtenOf(admin.id, "list-sessions")).toEqual([]);
  });

  it("when invitations are listed, with the addresses they went to, then which", async () => {
    const { id } = await invited();
    await byAdmin("GET", "/customers/invitations?limit=1");
    const newest = "select content from audit_trail order by seq desc limit 1";
    const [row] = (await auth.database.pool.query(newest)).rows;
    expect(JSON.parse(row.content)).toMatchObject({ action: "list-invitations", details: { ids: [id] } });
  });
});

/** Everything that is held of accounts, in one text. */
async function held(): Promise<string> {
  const tables = ["people", "disabled_people", "invitations", "password_resets", "pins", "sessions", "revocations"];
  const more = ["refresh_tokens", "second_factors", "recovery_codes", "consents"];
  const of = async (table: string) =>
    (await auth.database.pool.query(`select t::text as row from ${table} t order by 1`)).rows;
  return JSON.stringify(await Promise.all([...tables, ...more].map(of)));
}

describe("when the trail cannot be written", () => {
  const hide = () => auth.database.pool.query("alter table audit_trail rename to audit_trail_gone");
  afterEach(() => auth.database.pool.query("alter table if exists audit_trail_gone rename to audit_trail"));

  type Act = () => Promise<() => ReturnType<typeof call>>;
  const ofEmployee = (act: (who: Awaited<ReturnType<typeof employee>>) => ReturnType<typeof call>): Act => {
    return async () => {
      const who = await employee();
      return () => act(who);
    };
  };
  const own = (path: string, payload: object, method: Method = "POST"): Act =>
    ofEmployee(({ id, token }) => call(method, `/customers/${id}${path}`, { token, payload }));

  const acts: Readonly<Record<string, Act>> = {
    "a role changes": ofEmployee(({ id }) => byAdmin("PATCH", `/customers/admin/${id}`, { role: "manager" })),
    "somebody is kept out": ofEmployee(({ id }) => byAdmin("PATCH", `/customers/admin/${id}`, { active: false })),
    "somebody is invited": async () => () =>
      byAdmin("POST", "/customers/invitations", { email: registration().email, role: "kitchen" }),
    "an invitation is taken back": async () => {
      const { id } = await invited();
      return () => byAdmin("DELETE", `/customers/invitations/${id}`);
    },
    "an invitation is accepted": async () => {
      const payload = accepting((await invited()).code);
      return () => call("POST", "/customers/invitations/accept", { payload });
    },
    "a password is reset": ofEmployee(({ id }) => byAdmin("POST", `/customers/${id}/password/reset`)),
    "a reset password is chosen anew": async () => {
      const { id } = await employee();
      const payload = { code: await resetOf(id), password: NEXT };
      return () => call("POST", "/customers/password", { payload });
    },
    "a password is changed": own("/password", { current_password: PASSWORD, new_password: NEXT }),
    "a PIN is set": own("/pin", { password: PASSWORD, pin: "7052" }, "PUT"),
    "a PIN is removed": ofEmployee(({ id, token }) => call("DELETE", `/customers/${id}/pin`, { token })),
    "a second factor is reset": ofEmployee(({ id }) => byAdmin("DELETE", `/customers/${id}/mfa`)),
    "a second factor is begun": async () => {
      const { id } = await hireStaff(auth, { role: "kitchen", password: PASSWORD });
      const token = await signToken(auth, { role: "kitchen", subject: id });
      return () => call("POST", `/customers/${id}/mfa`, { token, payload: { password: PASSWORD } });
    },
    "a session is ended": ofEmployee(({ session }) => byAdmin("DELETE", `/customers/sessions/${session}`)),
    "a person is corrected": async () => {
      const { id } = await registerGuest(auth);
      return () => byAdmin("PATCH", `/customers/${id}`, { name: "Ana Maria" });
    },
    "a consent is recorded": async () => {
      const { id } = await registerGuest(auth);
      return () => byAdmin("POST", `/customers/${id}/consents`, { purpose: "marketing", given: true });
    },
  };

  it.each(Object.entries(acts))("and %s, then the answer is a failure and nothing was done", async (_what, prepare) => {
    const act = await prepare();
    const before = await held();
    await hide();
    expect((await act()).statusCode).toBe(500);
    expect(await held()).toBe(before);
  });

  it("and recovery codes are renewed, then the old ones are good as before", async () => {
    const who = await employee();
    const codes = `select digest::text from recovery_codes where person_id = '${who.id}' order by 1`;
    const before = (await auth.database.pool.query(codes)).rows;
    await hide();
    const payload = { password: PASSWORD, mfa_code: codeOf(who.secret, addSeconds(new Date(), 30)) };
    const renewed = await call("POST", `/customers/${who.id}/mfa/recovery-codes`, { token: who.token, payload });
    expect(renewed.statusCode).toBe(500);
    expect((await auth.database.pool.query(codes)).rows).toEqual(before);
  });
});
