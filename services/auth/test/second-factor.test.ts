import { addSeconds } from "@comanda/primitives";
import { type FixedClock, fixedClock } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff } from "./builders.ts";
import { type Auth, bearer, post, postToken, startAuth } from "./harness.ts";
import { codeOf } from "./totp-app.ts";

let auth: Auth;
let strict: Auth;
let clock: FixedClock;
beforeAll(async () => {
  clock = fixedClock(new Date());
  auth = await startAuth({ clock });
  strict = await startAuth({ clock, settings: { STAFF_MFA: "required" } });
});
afterAll(() => Promise.all([auth.close(), strict.close()]));

/** Lets the half minute of the present code go by. */
const nextStep = () => clock.advanceSeconds(30);

type Person = { readonly id: string; readonly email: string; readonly password: string };

async function hire(at: Auth, role = "cashier"): Promise<Person> {
  // Whoever hires has a token by the real clock; each person here is their own story.
  clock.set(new Date());
  const { id, sent } = await hireStaff(at, { role });
  return { id, email: sent.email, password: sent.password };
}

async function signIn(at: Auth, who: Person, extra: Record<string, string> = {}) {
  return postToken(at, { username: who.email, password: who.password, ...extra });
}

async function begin(at: Auth, who: Person, token: string) {
  return post(at, `/customers/${who.id}/mfa`, { payload: { password: who.password }, token });
}

/** Somebody with a second factor in use, as an authenticator app and a drawer with recovery codes know it. */
async function enrolled(at: Auth, role = "cashier") {
  const who = await hire(at, role);
  const first = (await signIn(at, who)).json();
  const { secret } = (await begin(at, who, first.access_token)).json();
  const payload = { mfa_code: codeOf(secret, clock.now()) };
  const confirmed = await post(at, `/customers/${who.id}/mfa/confirm`, { payload, token: first.access_token });
  if (confirmed.statusCode !== 200) throw new Error(`confirming answered ${confirmed.statusCode}: ${confirmed.body}`);
  nextStep();
  const codes: string[] = confirmed.json().recovery_codes;
  return { ...who, secret: String(secret), codes, first, code: () => codeOf(secret, clock.now()) };
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

describe("setting up a second factor", () => {
  it("when it is begun, then an app can read it, it is drawn, and nothing readable is kept", async () => {
    const who = await hire(auth);
    const { access_token: token } = (await signIn(auth, who)).json();
    const begun = await begin(auth, who, token);
    expect(begun.statusCode).toBe(201);
    expect(begun.headers["cache-control"]).toBe("no-store");
    const { secret, otpauth_uri: uri, qr_code_image: image } = begun.json();
    expect(Buffer.byteLength(secret) * 5).toBeGreaterThanOrEqual(20 * 8);
    expect(new URL(uri).searchParams.get("secret")).toBe(secret);
    expect(image).toMatch(/^data:image\/svg\+xml;base64,/);
    const { rows } = await auth.database.pool.query("select second_factors::text as row from second_factors");
    for (const { row } of rows) {
      expect(row).not.toContain(secret);
      expect(row).not.toContain(Buffer.from(secret).toString("hex"));
    }
    expect(auth.logLines.join("")).not.toContain(secret);
  });

  it("when it was only begun, then signing in needs no code yet, and beginning again gives another secret", async () => {
    const who = await hire(auth);
    const { access_token: token } = (await signIn(auth, who)).json();
    const first = (await begin(auth, who, token)).json().secret;
    const second = (await begin(auth, who, token)).json().secret;
    expect(second).not.toBe(first);
    expect((await signIn(auth, who)).statusCode).toBe(200);
    const old = { mfa_code: codeOf(first, clock.now()) };
    const answer = await post(auth, `/customers/${who.id}/mfa/confirm`, { payload: old, token });
    expect([answer.statusCode, answer.json().code]).toEqual([422, "wrong-code"]);
  });

  it("when the password is wrong, or it is somebody else's account, then nothing is begun", async () => {
    const [who, other] = [await hire(auth), await hire(auth)];
    const { access_token: token } = (await signIn(auth, who)).json();
    const wrong = await post(auth, `/customers/${who.id}/mfa`, { payload: { password: "not it at all" }, token });
    expect([wrong.statusCode, wrong.json().code]).toEqual([422, "wrong-password"]);
    const others = await post(auth, `/customers/${other.id}/mfa`, { payload: { password: other.password }, token });
    expect(others.statusCode).toBe(404);
    const early = await post(auth, `/customers/${who.id}/mfa/confirm`, { payload: { mfa_code: "123456" }, token });
    expect([early.statusCode, early.json().code]).toEqual([409, "second-factor-not-begun"]);
  });

  it("when it is confirmed, then ten codes come, this session counts from its renewal, and all others end", async () => {
    const who = await hire(auth);
    const [mine, elsewhere] = [(await signIn(auth, who)).json(), (await signIn(auth, who)).json()];
    const { secret } = (await begin(auth, who, mine.access_token)).json();
    const payload = { mfa_code: codeOf(secret, clock.now()) };
    const url = `/customers/${who.id}/mfa/confirm`;
    const confirmed = await post(auth, url, { payload, token: mine.access_token });
    expect(new Set(confirmed.json().recovery_codes).size).toBe(10);
    const status = async (token: string) =>
      (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;
    expect([await status(mine.access_token), await status(elsewhere.access_token)]).toEqual([200, 401]);
    const renewed = await postToken(auth, { grant_type: "refresh_token", refresh_token: mine.refresh_token });
    expect(claimsOf(renewed.json().access_token)).toMatchObject({ acr: "mfa", amr: ["pwd", "otp", "mfa"] });
    const again = await post(auth, url, { payload, token: mine.access_token });
    expect([again.statusCode, again.json().code]).toEqual([409, "second-factor-in-use"]);
    expect((await begin(auth, who, mine.access_token)).json().code).toBe("second-factor-in-use");
    const read = await auth.app.inject({ url: `/customers/${who.id}/mfa`, headers: bearer(mine.access_token) });
    expect(read.json()).toMatchObject({ enabled: true, recovery_codes_left: 10, required: false });
  });
});

describe("confirming a second factor", () => {
  it("when codes are guessed, then they are slowed down; the owner's is good afterwards", async () => {
    const who = await hire(auth);
    const { access_token: token } = (await signIn(auth, who)).json();
    const { secret } = (await begin(auth, who, token)).json();
    const confirm = (code: string) =>
      post(auth, `/customers/${who.id}/mfa/confirm`, { payload: { mfa_code: code }, token });
    for (const guess of ["000000", "111111", "222222", "333333", "444444"]) {
      expect((await confirm(guess)).statusCode).toBe(422);
    }
    const sixth = await confirm(codeOf(secret, clock.now()));
    expect([sixth.statusCode, sixth.headers["retry-after"]]).toEqual([429, "5"]);
    clock.advanceSeconds(5);
    expect((await confirm(codeOf(secret, clock.now()))).statusCode).toBe(200);
  });

  it("when the secret was given more than ten minutes ago, then it is begun anew", async () => {
    const who = await hire(auth);
    const { access_token: token } = (await signIn(auth, who)).json();
    const confirm = (secret: string) =>
      post(auth, `/customers/${who.id}/mfa/confirm`, { payload: { mfa_code: codeOf(secret, clock.now()) }, token });
    const { secret } = (await begin(auth, who, token)).json();
    await auth.database.pool.query(
      "update second_factors set created_at = created_at - interval '600 s' where person_id = $1",
      [who.id],
    );
    const refused = await confirm(secret);
    expect([refused.statusCode, refused.json().code]).toEqual([409, "second-factor-not-begun"]);
    expect((await confirm((await begin(auth, who, token)).json().secret)).statusCode).toBe(200);
  });
});

describe("signing in with a second factor", () => {
  it("when no code is sent, then the RFC's refusal says what is missing; a wrong password says nothing of it", async () => {
    const who = await enrolled(auth);
    const missing = await signIn(auth, who);
    expect(missing.statusCode).toBe(400);
    expect(missing.json()).toMatchObject({ error: "invalid_grant", reason: "mfa_required" });
    const wrong = await signIn(auth, { ...who, password: "not it at all" }, { mfa_code: who.code() });
    expect(wrong.json()).toEqual({ error: "invalid_grant", error_description: "wrong user name or password" });
  });

  it("when the code is right, then the token says how; the same code again is refused", async () => {
    const who = await enrolled(auth);
    const code = who.code();
    const entered = await signIn(auth, who, { mfa_code: code });
    expect(entered.statusCode).toBe(200);
    expect(claimsOf(entered.json().access_token)).toMatchObject({ acr: "mfa", amr: ["pwd", "otp", "mfa"] });
    const replayed = await signIn(auth, who, { mfa_code: code });
    expect(replayed.json()).toMatchObject({ error: "invalid_grant", reason: "mfa_wrong" });
    nextStep();
    expect((await signIn(auth, who, { mfa_code: who.code() })).statusCode).toBe(200);
  });

  it("when twenty send one code at once, then one gets in", async () => {
    const who = await enrolled(auth);
    const code = who.code();
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn(auth, who, { mfa_code: code })));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  });

  it("when the phone's clock is half a minute off, then its code is good; a whole minute is too much", async () => {
    const who = await enrolled(auth);
    const at = (seconds: number) => codeOf(who.secret, addSeconds(clock.now(), seconds));
    expect((await signIn(auth, who, { mfa_code: at(60) })).statusCode).toBe(400);
    expect((await signIn(auth, who, { mfa_code: at(30) })).statusCode).toBe(200);
    // What is older than the last one used is no good any more.
    expect((await signIn(auth, who, { mfa_code: at(0) })).statusCode).toBe(400);
  });

  it("when a recovery code is used, in any letter case, then it is good once, and the rest remain", async () => {
    const who = await enrolled(auth);
    const [code = ""] = who.codes;
    expect((await signIn(auth, who, { mfa_code: code.toLowerCase().replace("-", " ") })).statusCode).toBe(200);
    expect((await signIn(auth, who, { mfa_code: code })).json().reason).toBe("mfa_wrong");
    const token = (await signIn(auth, who, { mfa_code: who.codes[1] ?? "" })).json().access_token;
    const read = await auth.app.inject({ url: `/customers/${who.id}/mfa`, headers: bearer(token) });
    expect(read.json().recovery_codes_left).toBe(8);
  });

  it("when codes are guessed, then they are slowed down like passwords", async () => {
    const who = await enrolled(auth);
    const guesses = ["000000", "111111", "222222", "333333", "444444"];
    for (const guess of guesses) expect((await signIn(auth, who, { mfa_code: guess })).statusCode).toBe(400);
    const sixth = await signIn(auth, who, { mfa_code: who.code() });
    expect([sixth.statusCode, sixth.headers["retry-after"]]).toEqual([429, "5"]);
    clock.advanceSeconds(5);
    expect((await signIn(auth, who, { mfa_code: who.code() })).statusCode).toBe(200);
  });
});

describe("giving a second factor up", () => {
  it("when password and code are right, then it is gone and every session with it", async () => {
    const who = await enrolled(auth);
    const { access_token: token } = (await signIn(auth, who, { mfa_code: who.code() })).json();
    nextStep();
    const url = `/customers/${who.id}/mfa/disable`;
    const wrong = await post(auth, url, { payload: { password: who.password, mfa_code: "000000" }, token });
    expect([wrong.statusCode, wrong.json().code]).toEqual([422, "wrong-code"]);
    const done = await post(auth, url, { payload: { password: who.password, mfa_code: who.code() }, token });
    expect(done.statusCode).toBe(204);
    expect((await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode).toBe(401);
    clock.advanceSeconds(1);
    expect((await signIn(auth, who)).statusCode).toBe(200);
  });

  it("when recovery codes are renewed, then the old ones are good no more", async () => {
    const who = await enrolled(auth);
    const { access_token: token } = (await signIn(auth, who, { mfa_code: who.code() })).json();
    nextStep();
    const payload = { password: who.password, mfa_code: who.code() };
    const fresh = await post(auth, `/customers/${who.id}/mfa/recovery-codes`, { payload, token });
    expect(fresh.json().recovery_codes).toHaveLength(10);
    expect((await signIn(auth, who, { mfa_code: who.codes[0] ?? "" })).statusCode).toBe(400);
    expect((await signIn(auth, who, { mfa_code: fresh.json().recovery_codes[0] })).statusCode).toBe(200);
  });

  it("when an administrator takes it from somebody, then that person signs in without; from oneself it is not done", async () => {
    const [boss, who] = [await hire(auth, "admin"), await enrolled(auth)];
    const { access_token: token } = (await signIn(auth, boss)).json();
    const remove = (id: string) =>
      auth.app.inject({ method: "DELETE", url: `/customers/${id}/mfa`, headers: bearer(token) });
    expect((await remove(boss.id)).json().code).toBe("own-account");
    expect((await remove(who.id)).statusCode).toBe(204);
    expect((await remove(who.id)).statusCode).toBe(404);
    clock.advanceSeconds(1);
    expect((await signIn(auth, who)).statusCode).toBe(200);
  });
});

// Reliability AU-16: with STAFF_MFA=required a password alone opens nothing but the way to a second factor.
describe("where a second factor is required", () => {
  it("when staff sign in without one, then they may set one up and do nothing else", async () => {
    const who = await hire(strict, "admin");
    const { access_token: token, refresh_token: refreshToken } = (await signIn(strict, who)).json();
    expect(claimsOf(token)).toMatchObject({ acr: "enrolment", amr: ["pwd"] });
    for (const url of ["/customers", "/devices", "/auth", `/customers/${who.id}`]) {
      const answer = await strict.app.inject({ url, headers: bearer(token) });
      expect(answer.statusCode, url).toBe(401);
      expect(answer.headers["www-authenticate"]).toContain("insufficient_user_authentication");
    }
    const { secret } = (await begin(strict, who, token)).json();
    const payload = { mfa_code: codeOf(secret, clock.now()) };
    expect((await post(strict, `/customers/${who.id}/mfa/confirm`, { payload, token })).statusCode).toBe(200);
    const renewed = await postToken(strict, { grant_type: "refresh_token", refresh_token: refreshToken });
    const full = bearer(renewed.json().access_token);
    expect((await strict.app.inject({ url: "/customers", headers: full })).statusCode).toBe(200);
    nextStep();
    const later = await signIn(strict, who, { mfa_code: codeOf(secret, clock.now()) });
    const headers = bearer(later.json().access_token);
    expect((await strict.app.inject({ url: "/devices", headers })).statusCode).toBe(200);
  });

  it("when a guest signs in, then nothing is asked of them", async () => {
    const sent = { name: "Ana", email: "ana.sem.fator@exemplo.com.br", password: "um pastel de queijo", consent: true };
    await post(strict, "/customers/register", { payload: sent });
    const { access_token: token } = (await postToken(strict, { username: sent.email, password: sent.password })).json();
    expect((await strict.app.inject({ url: "/auth", headers: bearer(token) })).statusCode).toBe(200);
  });

  it("when a service asks about a token that is for setting up only, then it is not active", async () => {
    const who = await hire(strict);
    const { access_token: token } = (await signIn(strict, who)).json();
    const form = { token, client_id: "order", client_secret: "order-secret-0123456789abcdef0123456789" };
    const asked = await strict.app.inject({
      method: "POST",
      url: "/introspect",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams(form).toString(),
    });
    expect(asked.json()).toEqual({ active: false });
  });
});
