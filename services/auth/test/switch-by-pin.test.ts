import { type FixedClock, fixedClock } from "@comanda/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hireStaff, pairDevice } from "./builders.ts";
import { type Auth, bearer, postToken, signToken, startAuth, untilOneWaits } from "./harness.ts";

let auth: Auth;
let clock: FixedClock;
let counter: string;
let kitchen: string;
beforeAll(async () => {
  clock = fixedClock(new Date());
  auth = await startAuth({ clock });
  counter = (await pairDevice(auth, { kind: "counter", name: "Caixa 1" })).token;
  kitchen = (await pairDevice(auth, { kind: "kitchen" })).token;
});
afterAll(() => auth.close());
// Tokens of the tests are signed by the real clock.
beforeEach(() => clock.set(new Date()));

const PASSWORD = "um pastel de queijo";
const PIN = "4071";

const put = (id: string, payload: object, token: string) =>
  auth.app.inject({
    method: "PUT",
    url: `/customers/${id}/pin`,
    headers: { ...bearer(token), "content-type": "application/json" },
    payload: JSON.stringify(payload),
  });

async function withPin(role: string, name = "Rita Lima") {
  const { id, sent } = await hireStaff(auth, { role, name });
  const { access_token: token } = (await postToken(auth, { username: sent.email, password: PASSWORD })).json();
  const answer = await put(id, { password: PASSWORD, pin: PIN }, token);
  if (answer.statusCode !== 204) throw new Error(`setting a PIN answered ${answer.statusCode}: ${answer.body}`);
  return { id, email: sent.email, token: String(token) };
}

const enter = (device: string, personId: string, pin = PIN) =>
  postToken(auth, { grant_type: "urn:comanda:pin", person_id: personId, pin }, bearer(device));

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
const statusOf = async (token: string) => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;

describe("taking over a screen by PIN", () => {
  it("when the PIN is right, then ten minutes without renewal, with no more rights than the screen allows", async () => {
    const [boss, cook] = [await withPin("admin"), await withPin("kitchen")];
    const answer = await enter(counter, boss.id);
    expect(answer.statusCode).toBe(200);
    const { access_token: token, refresh_token: refresh, expires_in: seconds, scope, customer_id: id } = answer.json();
    expect([refresh, seconds, scope, id]).toEqual([undefined, 600, "staff:cashier", boss.id]);
    expect(claimsOf(token)).toMatchObject({ role: "cashier", acr: "pin", amr: ["pin"], sub: boss.id });
    expect(await statusOf(token)).toBe(200);
    expect((await auth.app.inject({ url: "/customers", headers: bearer(token) })).statusCode).toBe(403);
    expect((await enter(kitchen, boss.id)).json().scope).toBe("staff:kitchen");
    expect((await enter(counter, cook.id)).json().scope).toBe("staff:kitchen");
  });

  it("when the next one takes over, then the one before is out; another screen is left alone", async () => {
    const [first, second] = [await withPin("cashier"), await withPin("cashier")];
    const before = (await enter(counter, first.id)).json().access_token;
    const elsewhere = (await enter(kitchen, first.id)).json().access_token;
    const after = (await enter(counter, second.id)).json().access_token;
    expect([await statusOf(before), await statusOf(elsewhere), await statusOf(after)]).toEqual([401, 200, 200]);
  });

  it("when PINs are guessed, then they are slowed down at that screen, for that person", async () => {
    const [who, other] = [await withPin("cashier"), await withPin("cashier")];
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await enter(counter, who.id, "9630")).json()).toMatchObject({ error: "invalid_grant" });
    }
    const slowed = await enter(counter, who.id);
    expect([slowed.statusCode, slowed.headers["retry-after"]]).toEqual([429, "5"]);
    expect((await enter(counter, other.id)).statusCode).toBe(200);
    expect((await enter(kitchen, who.id)).statusCode).toBe(200);
    clock.advanceSeconds(5);
    expect((await enter(counter, who.id)).statusCode).toBe(200);
  });

  it("when who asks is no paired counter or kitchen screen, then there is nothing to be had", async () => {
    const who = await withPin("cashier");
    const kiosk = (await pairDevice(auth, { kind: "kiosk" })).token;
    for (const token of [kiosk, who.token, "a.b.c"]) {
      const answer = await enter(token, who.id);
      expect([answer.statusCode, answer.json().error]).toEqual([401, "invalid_client"]);
    }
    const form = { grant_type: "urn:comanda:pin", person_id: who.id, pin: PIN };
    expect((await postToken(auth, form)).headers["www-authenticate"]).toBe("Bearer");
    for (const bad of [
      { ...form, person_id: "x" },
      { ...form, pin: "" },
    ]) {
      expect((await postToken(auth, bad, bearer(counter))).json().error).toBe("invalid_request");
    }
  });

  it("when somebody has no PIN, is kept out, or had it taken away, then it is just wrong", async () => {
    const none = (await hireStaff(auth, { role: "cashier" })).id;
    const [out, taken] = [await withPin("cashier"), await withPin("cashier")];
    const admin = bearer(await signToken(auth, { role: "admin" }));
    const headers = { ...admin, "content-type": "application/json" };
    const payload = JSON.stringify({ active: false });
    await auth.app.inject({ method: "PATCH", url: `/customers/admin/${out.id}`, headers, payload });
    await auth.app.inject({ method: "DELETE", url: `/customers/${taken.id}/pin`, headers: admin });
    const bodies = [];
    for (const id of [none, out.id, taken.id, "01940000-0000-7000-8000-000000000000"]) {
      const answer = await enter(counter, id);
      expect(answer.statusCode).toBe(400);
      bodies.push(answer.body);
    }
    expect(new Set(bodies).size).toBe(1);
  });

  it("when the screen is revoked, then who took it over is out as well", async () => {
    const [who, screen] = [await withPin("cashier"), await pairDevice(auth, { kind: "counter" })];
    const { access_token: token } = (await enter(screen.token, who.id)).json();
    const headers = bearer(await signToken(auth, { role: "admin" }));
    await auth.app.inject({ method: "DELETE", url: `/devices/${screen.id}`, headers });
    expect(await statusOf(token)).toBe(401);
    expect((await enter(screen.token, who.id)).statusCode).toBe(401);
  });

  it("when the PIN becomes another, is taken away, or the password is reset, then who came in by it is out", async () => {
    const admin = bearer(await signToken(auth, { role: "admin" }));
    const endings: ((who: Awaited<ReturnType<typeof withPin>>) => Promise<{ readonly statusCode: number }>)[] = [
      (who) => put(who.id, { password: PASSWORD, pin: "7302" }, who.token),
      (who) => auth.app.inject({ method: "DELETE", url: `/customers/${who.id}/pin`, headers: admin }),
      (who) => auth.app.inject({ method: "POST", url: `/customers/${who.id}/password/reset`, headers: admin }),
    ];
    for (const end of endings) {
      const who = await withPin("cashier");
      const { access_token: token } = (await enter(counter, who.id)).json();
      expect((await end(who)).statusCode).toBeLessThan(300);
      expect(await statusOf(token)).toBe(401);
      expect((await enter(counter, who.id)).statusCode).toBe(400);
    }
  });

  it("when ten take one screen over at once, then one of them is there", async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => withPin("cashier")));
    const answers = await Promise.all(people.map(({ id }) => enter(counter, id)));
    const tokens = answers.filter(({ statusCode }) => statusCode === 200).map((answer) => answer.json().access_token);
    const statuses = await Promise.all(tokens.map(statusOf));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it("when the screen is revoked in the middle of it, then nobody is there afterwards", async () => {
    const [who, screen] = [await withPin("cashier"), await pairDevice(auth, { kind: "counter" })];
    const client = await auth.database.pool.connect();
    try {
      await client.query("begin");
      await client.query("update devices set revoked_at = now() where id = $1", [screen.id]);
      const entering = enter(screen.token, who.id);
      await untilOneWaits(auth);
      await client.query("commit");
      expect((await entering).statusCode).toBe(400);
    } finally {
      client.release();
    }
  });

  it("when the screen asks who may take it over, then first names and nothing else", async () => {
    const who = await withPin("cashier", "Benedita Souza Prado");
    const list = await auth.app.inject({ url: "/devices/people", headers: bearer(counter) });
    expect(list.json().items).toContainEqual({ id: who.id, name: "Benedita" });
    expect(list.body).not.toMatch(/Prado|@|cashier/);
  });
});

describe("setting a PIN", () => {
  it("when it is easy, malformed, or the password is wrong, then it is refused", async () => {
    const who = await withPin("cashier");
    for (const pin of ["1234", "0000", "1984", "123", "1234567", "abcd", 4071, null, "", " ", "٤٠٧١", { $ne: 1 }]) {
      expect((await put(who.id, { password: PASSWORD, pin }, who.token)).statusCode, String(pin)).toBe(422);
    }
    const wrong = await put(who.id, { password: "not it at all", pin: "9630" }, who.token);
    expect(wrong.json().code).toBe("wrong-password");
    expect((await put(who.id, { password: PASSWORD, pin: "9630", role: "admin" }, who.token)).statusCode).toBe(422);
    expect((await enter(counter, who.id)).statusCode).toBe(200);
  });

  it("when it is kept, then neither readable nor as a hash that could be tried out", async () => {
    const { rows } = await auth.database.pool.query("select pins::text as row, hash_sealed from pins");
    expect(rows.length).toBeGreaterThan(0);
    for (const { row, hash_sealed: sealed } of rows) {
      expect(row).not.toContain("argon2");
      expect(Buffer.from(sealed).toString("latin1")).not.toContain("argon2");
    }
  });
});

describe("sessions", () => {
  const list = async (token: string, query = "") =>
    (await auth.app.inject({ url: `/customers/sessions${query}`, headers: bearer(token) })).json();
  const end = (id: string, token: string) =>
    auth.app.inject({ method: "DELETE", url: `/customers/sessions/${id}`, headers: bearer(token) });

  it("when somebody looks at theirs, then each with where, how and since when, and which is the present one", async () => {
    const who = await withPin("cashier");
    await enter(counter, who.id);
    const { items } = await list(who.token);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ current: false, signed_in_by: "pin", device: "Caixa 1" });
    expect(items[1]).toMatchObject({ current: true, signed_in_by: "password", device: null, agent: "lightMyRequest" });
  });

  it("when one is ended, then its tokens are out at once and it is not listed; the present one goes on", async () => {
    const who = await withPin("cashier");
    const other = (await postToken(auth, { username: who.email, password: PASSWORD })).json();
    const { items } = await list(who.token);
    const { id } = items.find(({ current }: { current: boolean }) => !current);
    expect([(await end(id, who.token)).statusCode, (await end(id, who.token)).statusCode]).toEqual([204, 204]);
    expect([await statusOf(other.access_token), await statusOf(who.token)]).toEqual([401, 200]);
    const renewed = await postToken(auth, { grant_type: "refresh_token", refresh_token: other.refresh_token });
    expect(renewed.statusCode).toBe(400);
    expect((await list(who.token)).items).toHaveLength(1);
  });

  it("when it is somebody else's, then it is not there; for an administrator it is", async () => {
    const [mine, other] = [await withPin("cashier"), await withPin("cashier")];
    const admin = await signToken(auth, { role: "admin" });
    const [session] = (await list(admin, `?subject=${other.id}`)).items;
    expect(session.current).toBe(false);
    expect((await list(mine.token, `?subject=${other.id}`)).code).toBe("not-found");
    expect((await end(session.id, mine.token)).statusCode).toBe(404);
    expect((await end(session.id, admin)).statusCode).toBe(204);
    expect(await statusOf(other.token)).toBe(401);
  });

  it("when a session is renewed, then that is seen; when it is over, then it is not listed", async () => {
    const { id, sent } = await hireStaff(auth, { role: "cashier" });
    const first = (await postToken(auth, { username: sent.email, password: PASSWORD })).json();
    clock.advanceSeconds(60);
    await postToken(auth, { grant_type: "refresh_token", refresh_token: first.refresh_token });
    const [session] = (await list(await signToken(auth, { role: "admin" }), `?subject=${id}`)).items;
    expect(Date.parse(session.last_used_at) - Date.parse(session.created_at)).toBe(60_000);
    clock.advanceSeconds(13 * 3600);
    const nowS = Math.floor(clock.now().getTime() / 1000);
    const later = await signToken(auth, { role: "admin", claims: { iat: nowS, nbf: nowS, exp: nowS + 300 } });
    expect((await list(later, `?subject=${id}`)).items).toEqual([]);
  });
});
