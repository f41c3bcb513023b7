import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, pairDevice } from "./builders.ts";
import { type Auth, bearer, callAuth, postToken, signToken, startAuth } from "./harness.ts";
import { codeOf } from "./totp-app.ts";

let auth: Auth;
/** Three tries at each are free, so that a hundred need no waiting. */
let screens: readonly string[];
beforeAll(async () => {
  auth = await startAuth();
  const paired = await Promise.all(Array.from({ length: 7 }, () => pairDevice(auth, { kind: "counter" })));
  screens = paired.map(({ token }) => token);
});
afterAll(() => auth.close());

const PASSWORD = "um pastel de queijo";
const [PIN, WRONG] = ["4071", "9630"];

const setPin = (who: { readonly id: string; readonly token: string }, pin = PIN) =>
  callAuth(auth, "PUT", `/customers/${who.id}/pin`, { token: who.token, payload: { password: PASSWORD, pin } });

async function withPin() {
  const { id, sent } = await hireStaff(auth, { role: "cashier" });
  const signIn = () => postToken(auth, { username: sent.email, password: PASSWORD });
  const who = { id, signIn, token: String((await signIn()).json().access_token) };
  expect((await setPin(who)).statusCode).toBe(204);
  return who;
}

const enter = (screen: string, personId: string, pin = PIN) =>
  postToken(auth, { grant_type: "urn:comanda:pin", person_id: personId, pin }, bearer(screen));

/** As if nobody had been slowed down at any screen. */
const patiently = () => auth.database.pool.query("delete from failed_attempts");

/** So many wrong ones, three at each screen. */
async function guess(personId: string, times: number) {
  await patiently();
  for (let turn = 0; turn < times; turn += 1) {
    const answer = await enter(screens[Math.floor(turn / 3) % screens.length] ?? "", personId, WRONG);
    expect(answer.json().error, `wrong one number ${turn + 1}`).toBe("invalid_grant");
  }
}

const statusOf = async (token: string) => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;
const isListed = async (personId: string) =>
  (await callAuth(auth, "GET", "/devices/people", { token: screens[0] })).body.includes(personId);

// Slowing down alone leaves some hundred tries a day at each screen, for as many days as somebody has.
describe("PINs that are guessed at with patience", () => {
  it("when twenty are wrong in a row, at whatever screens, then the PIN is over with what was begun by it", async () => {
    const who = await withPin();
    const { access_token: atScreen } = (await enter(screens[6] ?? "", who.id)).json();
    await guess(who.id, 19);
    expect([await isListed(who.id), await statusOf(atScreen)]).toEqual([true, 200]);
    await guess(who.id, 1);
    await patiently();
    const late = await enter(screens[0] ?? "", who.id);
    const never = await enter(screens[0] ?? "", (await hireStaff(auth, { role: "cashier" })).id);
    expect([late.statusCode, late.body]).toEqual([400, never.body]);
    expect([await isListed(who.id), await statusOf(atScreen)]).toEqual([false, 401]);
    expect(auth.logLines.filter((line) => line.includes("pin-guessed") && line.includes(who.id))).toHaveLength(1);
    const noted = "select content from audit_trail where action = 'end-pin' and target_id = $1";
    const { rows } = await auth.database.pool.query(noted, [who.id]);
    expect(rows.map(({ content }) => JSON.parse(content))).toEqual([
      expect.objectContaining({ outcome: "ok", actor: null, details: { wrong_in_a_row: 20, wrong_in_all: 20 } }),
    ]);
  });

  // Whoever wants to keep somebody out has ended what their password opens, and nothing else.
  it("when a PIN is over, then the password opens the account as ever, and sets another that counts anew", async () => {
    const who = await withPin();
    await guess(who.id, 20);
    expect(await statusOf(who.token)).toBe(200);
    const again = await who.signIn();
    expect(again.statusCode).toBe(200);
    expect((await setPin({ ...who, token: again.json().access_token }, "7302")).statusCode).toBe(204);
    await guess(who.id, 19);
    await patiently();
    expect((await enter(screens[0] ?? "", who.id, "7302")).statusCode).toBe(200);
  });

  it("when a right one comes between, then the row begins anew; a hundred wrong ones end it all the same", async () => {
    const who = await withPin();
    for (let day = 0; day < 5; day += 1) {
      await guess(who.id, 19);
      await patiently();
      expect((await enter(screens[0] ?? "", who.id)).statusCode, `day ${day + 1}`).toBe(200);
    }
    await guess(who.id, 5);
    await patiently();
    expect((await enter(screens[0] ?? "", who.id)).statusCode).toBe(400);
  });

  it("when twenty come at once, then none of them is lost", async () => {
    const who = await withPin();
    const guesses = Array.from({ length: 20 }, (_, turn) => enter(screens[turn % screens.length] ?? "", who.id, WRONG));
    await Promise.all(guesses);
    expect(await isListed(who.id)).toBe(false);
  });
});

describe("a PIN whose owner's second factor is reset", () => {
  it("when an administrator takes the factor away, then the PIN goes with it", async () => {
    const who = await withPin();
    const { token } = who;
    const begun = await callAuth(auth, "POST", `/customers/${who.id}/mfa`, { token, payload: { password: PASSWORD } });
    const payload = { mfa_code: codeOf(begun.json().secret, new Date()) };
    expect((await callAuth(auth, "POST", `/customers/${who.id}/mfa/confirm`, { token, payload })).statusCode).toBe(200);
    expect((await enter(screens[0] ?? "", who.id)).statusCode).toBe(200);
    const admin = await signToken(auth, { role: "admin" });
    expect((await callAuth(auth, "DELETE", `/customers/${who.id}/mfa`, { token: admin })).statusCode).toBe(204);
    expect((await enter(screens[0] ?? "", who.id)).statusCode).toBe(400);
    expect(await isListed(who.id)).toBe(false);
  });
});
