import { type FixedClock, fixedClock, waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCpf, hireStaff, registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, post, postToken, startAuth } from "./harness.ts";

let auth: Auth;
let clock: FixedClock;
beforeAll(async () => {
  clock = fixedClock(new Date());
  auth = await startAuth({ clock });
});
afterAll(() => auth.close());

const PASSWORD = "um pastel de queijo";

/** Somebody of the shop who is signed in. */
async function signedIn(role: string) {
  clock.set(new Date());
  const { id, sent } = await hireStaff(auth, { role });
  const signIn = () => postToken(auth, { username: sent.email, password: sent.password });
  const { access_token: token, refresh_token: refreshToken } = (await signIn()).json();
  return { id, email: sent.email, token: String(token), refreshToken: String(refreshToken), signIn };
}

const statusOf = async (token: string) => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;

async function patch(id: string, payload: object, token: string) {
  return auth.app.inject({
    method: "PATCH",
    url: `/customers/admin/${id}`,
    headers: { ...bearer(token), "content-type": "application/json" },
    payload: JSON.stringify(payload),
  });
}

const invite = (token: string, payload: object, headers: Record<string, string> = {}) =>
  auth.app.inject({
    method: "POST",
    url: "/customers/invitations",
    headers: { ...bearer(token), ...headers, "content-type": "application/json" },
    payload: JSON.stringify(payload),
  });

const accept = (code: string, differences: object = {}) =>
  post(auth, "/customers/invitations/accept", {
    payload: { code, name: "Rita Lima", password: PASSWORD, ...differences },
  });

describe("invitations", () => {
  it("when somebody accepts, then they come in with that e-mail, role and password; the code is good once", async () => {
    const admin = await signedIn("admin");
    const { email } = registration();
    const invited = await invite(admin.token, { email, role: "kitchen" });
    expect(invited.statusCode).toBe(201);
    expect(invited.headers["cache-control"]).toBe("no-store");
    const { code, role, expires_at: expiresAt } = invited.json();
    expect(role).toBe("kitchen");
    expect(Buffer.from(code, "base64url")).toHaveLength(32);
    expect(Date.parse(expiresAt) - clock.now().getTime()).toBeLessThanOrEqual(72 * 3_600_000);
    const accepted = await accept(code, { cpf: freshCpf() });
    expect(accepted.statusCode).toBe(201);
    expect(accepted.json()).toMatchObject({ email, role: "kitchen", name: "Rita Lima" });
    expect((await postToken(auth, { username: email, password: PASSWORD })).statusCode).toBe(200);
    const again = await accept(code);
    expect([again.statusCode, again.json().code]).toEqual([404, "code-unusable"]);
    const { rows } = await auth.database.pool.query("select invitations::text as row from invitations");
    for (const { row } of rows) {
      expect(row).not.toContain(code);
      expect(row).not.toContain(email);
    }
    expect(auth.logLines.join("")).not.toContain(code);
  });

  it("when twenty accept one code at once, then one account is made", async () => {
    const admin = await signedIn("admin");
    const { code } = (await invite(admin.token, { email: registration().email, role: "cashier" })).json();
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(code)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
  });

  it("when it is taken back, over, or a newer one was sent, then the code is good for nothing", async () => {
    const admin = await signedIn("admin");
    const { email } = registration();
    const first = (await invite(admin.token, { email, role: "cashier" })).json();
    const second = (await invite(admin.token, { email, role: "cashier" })).json();
    expect((await accept(first.code)).statusCode).toBe(404);
    const url = `/customers/invitations/${second.id}`;
    const revoke = () => auth.app.inject({ method: "DELETE", url, headers: bearer(admin.token) });
    expect([(await revoke()).statusCode, (await revoke()).statusCode]).toEqual([204, 204]);
    expect((await accept(second.code)).statusCode).toBe(404);
    const third = (await invite(admin.token, { email, role: "cashier" })).json();
    clock.advanceSeconds(72 * 3600);
    expect((await accept(third.code)).statusCode).toBe(404);
  });

  it("when a manager invites, then only those below; and sees and takes back only such", async () => {
    const [admin, manager] = [await signedIn("admin"), await signedIn("manager")];
    for (const role of ["admin", "manager"]) {
      expect((await invite(manager.token, { email: registration().email, role })).statusCode).toBe(403);
    }
    const below = (await invite(manager.token, { email: registration().email, role: "cashier" })).json();
    const above = (await invite(admin.token, { email: registration().email, role: "manager" })).json();
    const list = await auth.app.inject({ url: "/customers/invitations?limit=100", headers: bearer(manager.token) });
    const ids = list.json().items.map(({ id }: { id: string }) => id);
    expect(ids).toContain(below.id);
    expect(ids).not.toContain(above.id);
    expect(list.body).not.toContain(below.code);
    const url = `/customers/invitations/${above.id}`;
    const revoked = await auth.app.inject({ method: "DELETE", url, headers: bearer(manager.token) });
    expect(revoked.statusCode).toBe(404);
  });

  // Else an administrator who is dismissed writes oneself an invitation first, and is back within three days.
  it("when who invited is kept out, given a lesser role or erased since, then the code is good for nothing", async () => {
    const admin = await signedIn("admin");
    const endings: ((who: { readonly id: string }) => Promise<{ readonly statusCode: number }>)[] = [
      ({ id }) => patch(id, { active: false }, admin.token),
      ({ id }) => patch(id, { role: "cashier" }, admin.token),
      ({ id }) => auth.app.inject({ method: "DELETE", url: `/customers/${id}`, headers: bearer(admin.token) }),
    ];
    for (const end of endings) {
      const dismissed = await signedIn("admin");
      const { code } = (await invite(dismissed.token, { email: registration().email, role: "admin" })).json();
      expect((await end(dismissed)).statusCode).toBeLessThan(300);
      expect((await accept(code)).statusCode).toBe(404);
      await patch(dismissed.id, { active: true, role: "admin" }, admin.token);
      expect((await accept(code)).statusCode).toBe(404);
    }
    const promoted = await signedIn("manager");
    const { code } = (await invite(promoted.token, { email: registration().email, role: "kitchen" })).json();
    await patch(promoted.id, { role: "admin" }, admin.token);
    expect((await accept(code)).statusCode).toBe(201);
  });

  it("when the request is repeated with its key, then the first answer comes again, with the code", async () => {
    const admin = await signedIn("admin");
    const payload = { email: registration().email, role: "cashier" };
    const headers = { "idempotency-key": "chave-1" };
    const [first, again] = [await invite(admin.token, payload, headers), await invite(admin.token, payload, headers)];
    expect(again.json()).toEqual(first.json());
    expect(again.headers["idempotency-replayed"]).toBe("true");
    const other = await invite(admin.token, { ...payload, role: "kitchen" }, headers);
    expect([other.statusCode, other.json().code]).toEqual([422, "idempotency-key-reused"]);
    const parallel = { "idempotency-key": "chave-2" };
    const wanted = { email: registration().email, role: "cashier" };
    const answers = await Promise.all(Array.from({ length: 8 }, () => invite(admin.token, wanted, parallel)));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
  });

  it("when the address or CPF is taken, or the password easy, then nothing is made and the code stays good", async () => {
    const admin = await signedIn("admin");
    expect((await invite(admin.token, { email: admin.email, role: "cashier" })).json().code).toBe("email-taken");
    const guest = await registerGuest(auth);
    const { code } = (await invite(admin.token, { email: registration().email, role: "cashier" })).json();
    expect((await accept(code, { cpf: guest.sent.cpf })).json().code).toBe("cpf-taken");
    expect((await accept(code, { password: "senha123" })).statusCode).toBe(422);
    expect((await accept(code, { password: "a senha da rita lima" })).statusCode).toBe(422);
    expect((await accept(code)).statusCode).toBe(201);
  });
});

describe("other roles, and none", () => {
  it("when somebody is kept out, then every session ends, here at once, and nothing lets them in", async () => {
    const [admin, who] = [await signedIn("admin"), await signedIn("cashier")];
    const sessions = [who.token];
    for (let turn = 0; turn < 4; turn += 1) sessions.push((await who.signIn()).json().access_token);
    const done = await patch(who.id, { active: false }, admin.token);
    expect(done.json()).toMatchObject({ id: who.id, active: false, mfa_enabled: false });
    for (const token of sessions) expect(await statusOf(token)).toBe(401);
    const renewed = await postToken(auth, { grant_type: "refresh_token", refresh_token: who.refreshToken });
    expect(renewed.statusCode).toBe(400);
    const refused = await who.signIn();
    expect(refused.json()).toEqual({ error: "invalid_grant", error_description: "wrong user name or password" });
    expect((await patch(who.id, { active: true }, admin.token)).json().active).toBe(true);
    clock.advanceSeconds(1);
    expect((await who.signIn()).statusCode).toBe(200);
  });

  it("when an administrator is kept out, then no code for a new password that they may have handed out is good", async () => {
    const [admin, dismissed, victim] = [await signedIn("admin"), await signedIn("admin"), await signedIn("manager")];
    const { code } = (await post(auth, `/customers/${victim.id}/password/reset`, { token: dismissed.token })).json();
    await patch(dismissed.id, { active: false }, admin.token);
    const redeemed = await post(auth, "/customers/password", { payload: { code, password: "dois pasteis de carne" } });
    expect(redeemed.statusCode).toBe(404);
  });

  // The password is looked at, then takes its time to be hashed; what happens meanwhile must count.
  it.each([
    ["the password is changed", "update people set password_hash = 'another' where id = $1"],
    ["another role is given", "update people set role = 'kitchen' where id = $1"],
    [
      "somebody is kept out",
      `with held as (select id from people where id = $1 for update)
       insert into disabled_people (person_id, disabled_at) select id, now() from held`,
    ],
  ])("when %s in the middle of a sign-in, then no session comes of it", async (_what, statement) => {
    const who = await signedIn("cashier");
    const client = await auth.database.pool.connect();
    try {
      await client.query("begin");
      await client.query(statement, [who.id]);
      const entering = who.signIn();
      await waitFor(async () => {
        const { rows } = await auth.database.pool.query(
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return rows.length > 0;
      });
      await client.query("commit");
      const refused = await entering;
      expect([refused.statusCode, refused.json().error]).toEqual([400, "invalid_grant"]);
      const { rows } = await auth.database.pool.query("select count(*)::int as n from sessions where subject = $1", [
        who.id,
      ]);
      expect(rows).toEqual([{ n: 1 }]);
    } finally {
      client.release();
    }
  });

  it("when a role changes, then the old token is worth nothing and the next one carries the new role", async () => {
    const [admin, who] = [await signedIn("admin"), await signedIn("manager")];
    expect((await patch(who.id, { role: "kitchen" }, admin.token)).json().role).toBe("kitchen");
    expect(await statusOf(who.token)).toBe(401);
    clock.advanceSeconds(1);
    const { scope } = (await who.signIn()).json();
    expect(scope).toBe("staff:kitchen");
    const same = await patch(who.id, { role: "kitchen" }, admin.token);
    expect(same.statusCode).toBe(200);
  });

  it("when it is one's own role, or a guest, then it is refused", async () => {
    const [admin, guest] = [await signedIn("admin"), await registerGuest(auth)];
    const own = await patch(admin.id, { role: "manager" }, admin.token);
    expect([own.statusCode, own.json().code]).toEqual([403, "own-account"]);
    expect((await patch(guest.id, { active: false }, admin.token)).statusCode).toBe(404);
    for (const payload of [{}, { active: null }, { role: "owner" }, { role: "customer" }]) {
      expect((await patch(guest.id, payload, admin.token)).statusCode).toBe(422);
    }
  });

  it("when it is the last active administrator, then 409; and of two who disable each other at once, one remains", async () => {
    const alone = await startAuth();
    const hire = async () => {
      const { id, sent } = await hireStaff(alone, { role: "admin" });
      const { access_token: token } = (
        await postToken(alone, { username: sent.email, password: sent.password })
      ).json();
      return { id, token: String(token) };
    };
    const change = (id: string, token: string) =>
      alone.app.inject({
        method: "PATCH",
        url: `/customers/admin/${id}`,
        headers: { ...bearer(token), "content-type": "application/json" },
        payload: JSON.stringify({ active: false }),
      });
    const first = await hire();
    const last = await change(first.id, first.token);
    expect([last.statusCode, last.json().code]).toEqual([409, "last-admin"]);
    const second = await hire();
    const answers = await Promise.all([change(second.id, first.token), change(first.id, second.token)]);
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    const { rows } = await alone.database.pool.query("select count(*) from disabled_people");
    expect(Number(rows[0].count)).toBe(1);
    await alone.close();
  });

  it("when the staff is listed, then each with role, state and second factor, and no guest", async () => {
    const admin = await signedIn("admin");
    const list = await auth.app.inject({ url: "/customers/admin?limit=100&role=admin", headers: bearer(admin.token) });
    const items: { id: string; role: string; active: boolean; mfa_enabled: boolean }[] = list.json().items;
    expect(new Set(items.map(({ role }) => role))).toEqual(new Set(["admin"]));
    expect(items.find(({ id }) => id === admin.id)).toMatchObject({ active: true, mfa_enabled: false });
  });
});

describe("passwords", () => {
  it("when somebody changes theirs, then the present session stays, the others end, and the old one is worth nothing", async () => {
    const who = await signedIn("cashier");
    const elsewhere = (await who.signIn()).json();
    const payload = { current_password: PASSWORD, new_password: "dois pasteis de carne" };
    const done = await post(auth, `/customers/${who.id}/password`, { payload, token: who.token });
    expect(done.statusCode).toBe(204);
    expect([await statusOf(who.token), await statusOf(elsewhere.access_token)]).toEqual([200, 401]);
    const renewed = await postToken(auth, { grant_type: "refresh_token", refresh_token: who.refreshToken });
    expect(renewed.statusCode).toBe(200);
    expect((await who.signIn()).statusCode).toBe(400);
    const username = who.email;
    expect((await postToken(auth, { username, password: payload.new_password })).statusCode).toBe(200);
  });

  it("when a guest changes theirs with the token of the registration, then that one ends as well", async () => {
    const guest = await registerGuest(auth);
    const payload = { current_password: guest.sent.password, new_password: "dois pasteis de carne" };
    const { access_token: token } = (
      await postToken(auth, { username: guest.sent.email, password: guest.sent.password })
    ).json();
    expect((await post(auth, `/customers/${guest.id}/password`, { payload, token })).statusCode).toBe(204);
    expect([await statusOf(token), await statusOf(guest.token)]).toEqual([200, 401]);
  });

  // A CPF is no secret: with one alone there is nothing to try passwords at.
  it("when all that is known of a guest is the CPF, then no password is looked at", async () => {
    const guest = await registerGuest(auth);
    const { access_token: token } = (
      await post(auth, "/customers/identify", { payload: { cpf: guest.sent.cpf } })
    ).json();
    const payload = { current_password: guest.sent.password, new_password: "dois pasteis de carne" };
    const answer = await post(auth, `/customers/${guest.id}/password`, { payload, token });
    expect([answer.statusCode, answer.json().code]).toEqual([401, "verification-needed"]);
    expect(answer.headers["www-authenticate"]).toContain('acr_values="verified"');
  });

  it("when the present one is wrong or the new one easy, then nothing changes; guessing is slowed down", async () => {
    const who = await signedIn("cashier");
    const change = (current: string, next: string) =>
      post(auth, `/customers/${who.id}/password`, {
        payload: { current_password: current, new_password: next },
        token: who.token,
      });
    const easy = await change(PASSWORD, "senha123");
    expect(easy.json()).toMatchObject({ code: "validation-failed", errors: [{ path: "/new_password" }] });
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await change("not it at all", "dois pasteis de carne")).json().code).toBe("wrong-password");
    }
    const sixth = await change(PASSWORD, "dois pasteis de carne");
    expect([sixth.statusCode, sixth.headers["retry-after"]]).toEqual([429, "5"]);
    expect((await who.signIn()).statusCode).toBe(200);
  });

  it("when an administrator resets one, then the old is worth nothing at once, and the code lets choose another, once", async () => {
    const [admin, who] = [await signedIn("admin"), await signedIn("cashier")];
    const url = `/customers/${who.id}/password/reset`;
    const first = (await post(auth, url, { token: admin.token })).json();
    const begun = await post(auth, url, { token: admin.token });
    expect(begun.statusCode).toBe(201);
    expect([await statusOf(who.token), (await who.signIn()).statusCode]).toEqual([401, 400]);
    const redeem = (code: string, password = "dois pasteis de carne") =>
      post(auth, "/customers/password", { payload: { code, password } });
    expect((await redeem(first.code)).statusCode).toBe(404);
    expect((await redeem(begun.json().code, "senha123")).statusCode).toBe(422);
    expect((await redeem(begun.json().code)).statusCode).toBe(204);
    const again = await redeem(begun.json().code);
    expect([again.statusCode, again.json().code]).toEqual([404, "code-unusable"]);
    clock.advanceSeconds(1);
    const entered = await postToken(auth, { username: who.email, password: "dois pasteis de carne" });
    expect(entered.statusCode).toBe(200);
    const own = await post(auth, `/customers/${admin.id}/password/reset`, { token: admin.token });
    expect([own.statusCode, own.json().code]).toEqual([403, "own-account"]);
  });
});
