import { afterAll, describe, expect, it } from "vitest";
import { hireStaff, registerGuest } from "./builders.ts";
import { bearer, post, postToken, startAuth, untilOneWaits } from "./harness.ts";
import { startShop } from "./shop.ts";

const { auth, clock, signedIn, statusOf, patch } = await startShop();
afterAll(() => auth.close());

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
      await untilOneWaits(auth);
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
