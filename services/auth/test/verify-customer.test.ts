import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, pairDevice, registerGuest } from "./builders.ts";
import { post, postToken, signToken } from "./harness.ts";
import { type PrivacyHarness, startPrivacyHarness } from "./privacy-harness.ts";

let harness: PrivacyHarness;
beforeAll(async () => {
  harness = await startPrivacyHarness();
});
afterAll(() => harness.close());

const send = (id: string, token: string) => harness.call("POST", `/customers/${id}/verification`, { token });
const confirm = (id: string, token: string, code: unknown) =>
  harness.call("POST", `/customers/${id}/verification/confirm`, { token, payload: { code } });

/** Somebody known by CPF who has been sent a code. */
async function withCode() {
  const guest = await harness.identified();
  const before = (await harness.letters()).length;
  const answer = await send(guest.id, guest.cpfToken);
  return { ...guest, answer, code: await harness.codeOf(before + 1) };
}
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

describe("verify-customer", () => {
  it("when the code of the letter comes back, then it is a sign-in that proves who one is, and renews", async () => {
    const { id, sent, cpfToken, answer, code } = await withCode();
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ sent_to: "a***", expires_in: 600 });
    expect((await harness.letters()).at(-1)).toContain(`Para: ${sent.email}`);
    const confirmed = await confirm(id, cpfToken, code);
    expect(confirmed.statusCode).toBe(200);
    const { access_token: token, refresh_token: refreshToken } = confirmed.json();
    expect(decodeJwt(token)).toMatchObject({ sub: id, level: "registered", acr: "verified" });
    expect((await harness.call("GET", `/customers/${id}`, { token })).json().email).toBe(sent.email);
    const renewed = await postToken(harness.auth, { grant_type: "refresh_token", refresh_token: refreshToken });
    expect(decodeJwt(renewed.json().access_token)).toMatchObject({ level: "registered" });
  });

  it("when a guest at a totem proves who they are, then their token still says at which one they stand", async () => {
    const { id, sent } = await harness.identified();
    const totem = await pairDevice(harness.auth);
    const atTotem = (
      await post(harness.auth, "/customers/identify", { payload: { cpf: sent.cpf }, token: totem.token })
    ).json().access_token;
    const letters = (await harness.letters()).length;
    await send(id, atTotem);
    const proven = (await confirm(id, atTotem, await harness.codeOf(letters + 1))).json();
    expect(decodeJwt(proven.access_token)).toMatchObject({ level: "registered", device: totem.id });
  });

  it("when a token says how much it proves, then identified is a claim and a password is proof", async () => {
    const { cpfToken, token, sent } = await harness.identified();
    const signedIn = (await postToken(harness.auth, { username: sent.email, password: sent.password })).json();
    const visit = (await post(harness.auth, "/customers/anonymous")).json();
    expect([cpfToken, token, signedIn.access_token, visit.access_token].map((each) => decodeJwt(each)["acr"])).toEqual([
      "identified",
      "verified",
      "verified",
      undefined,
    ]);
  });

  it("when a code was used, replaced, or is ten minutes old, then it is worth nothing", async () => {
    const used = await withCode();
    expect((await confirm(used.id, used.cpfToken, used.code)).statusCode).toBe(200);
    expect((await confirm(used.id, used.cpfToken, used.code)).statusCode).toBe(401);

    const replaced = await withCode();
    const letters = (await harness.letters()).length;
    await send(replaced.id, replaced.cpfToken);
    const newer = await harness.codeOf(letters + 1);
    if (newer !== replaced.code)
      expect((await confirm(replaced.id, replaced.cpfToken, replaced.code)).statusCode).toBe(401);
    expect((await confirm(replaced.id, replaced.cpfToken, newer)).statusCode).toBe(200);

    const late = await withCode();
    harness.clock.advanceSeconds(600);
    expect((await confirm(late.id, late.cpfToken, late.code)).statusCode).toBe(401);
    harness.clock.advanceSeconds(-600);
  });

  // reliability AU-19: a code for one session is unusable in another.
  it("when the code is tried with another token of the same person, then it is wrong", async () => {
    const { id, sent, cpfToken, code } = await withCode();
    const other = (await post(harness.auth, "/customers/identify", { payload: { cpf: sent.cpf } })).json().access_token;
    expect((await confirm(id, other, code)).statusCode).toBe(401);
    expect((await confirm(id, cpfToken, code)).statusCode).toBe(200);
  });

  it("when fifty guesses come at once, then five are looked at, and the code is dead", async () => {
    const { id, cpfToken, code } = await withCode();
    const guesses = await Promise.all(Array.from({ length: 50 }, () => confirm(id, cpfToken, wrong(code))));
    expect(new Set(guesses.map((answer) => answer.statusCode))).toEqual(new Set([401]));
    const { rows } = await harness.auth.database.pool.query("select tries from verifications where person_id = $1", [
      id,
    ]);
    expect(rows).toEqual([{ tries: 5 }]);
    expect((await confirm(id, cpfToken, code)).statusCode).toBe(401);
  });

  // An e-mail is registered by whoever types it. The code says whose it is (docs/adr/0029).
  it("when a stranger registered the e-mail, then its owner's first code ends their sessions and their password", async () => {
    const { id, sent, token, cpfToken } = await harness.identified();
    const stranger = { username: sent.email, password: sent.password };
    const session = (await postToken(harness.auth, stranger)).json();
    const letters = (await harness.letters()).length;
    await send(id, cpfToken);
    const owner = await confirm(id, cpfToken, await harness.codeOf(letters + 1));
    expect(owner.json()).toMatchObject({ has_password: false });
    const reads = async (of: string) => (await harness.call("GET", `/customers/${id}`, { token: of })).statusCode;
    expect([await reads(token), await reads(session.access_token)]).toEqual([401, 401]);
    const renewal = { grant_type: "refresh_token", refresh_token: session.refresh_token };
    expect((await postToken(harness.auth, renewal)).statusCode).toBe(400);
    expect((await postToken(harness.auth, stranger)).statusCode).toBe(400);

    const { access_token: own } = owner.json();
    expect(await reads(own)).toBe(200);
    const choose = (by: string) =>
      post(harness.auth, `/customers/${id}/password`, {
        payload: { new_password: "o meu pastel de palmito" },
        token: by,
      });
    expect((await choose(cpfToken)).json().code).toBe("verification-needed");
    harness.clock.advanceSeconds(601);
    expect((await choose(own)).json().code).toBe("verification-needed");
    harness.clock.advanceSeconds(-601);
    expect((await choose(own)).statusCode).toBe(204);
    expect((await choose(own)).json().code).toBe("verification-needed");
    expect((await postToken(harness.auth, { ...stranger, password: "o meu pastel de palmito" })).statusCode).toBe(200);
    expect(await reads(own)).toBe(200);
  });

  it("when who registered proves the e-mail, signed in, then password and sessions stay, at the first code and later", async () => {
    const { id, sent, token, cpfToken } = await harness.identified();
    for (const by of [token, cpfToken]) {
      const letters = (await harness.letters()).length;
      await send(id, by);
      const proven = await confirm(id, by, await harness.codeOf(letters + 1));
      expect(proven.json()).toMatchObject({ has_password: true });
    }
    expect((await harness.call("GET", `/customers/${id}`, { token })).statusCode).toBe(200);
    const signedIn = await postToken(harness.auth, { username: sent.email, password: sent.password });
    expect(signedIn.statusCode).toBe(200);
  });

  // Five tries a code, and new codes without end, are no bound.
  it("when twenty codes of a day were wrong, then none is looked at, with an alarm; the person themselves gets in", async () => {
    const guest = await harness.identified();
    const guess = async (by: string, times: number) => {
      const letters = (await harness.letters()).length;
      await send(guest.id, by);
      const code = await harness.codeOf(letters + 1);
      const statuses: number[] = [];
      for (let count = 0; count < times; count += 1) {
        statuses.push((await confirm(guest.id, by, wrong(code))).statusCode);
      }
      return { code, statuses };
    };
    for (let code = 0; code < 4; code += 1) {
      expect((await guess(guest.cpfToken, 5)).statuses).toEqual([401, 401, 401, 401, 401]);
    }
    const { code, statuses } = await guess(guest.cpfToken, 1);
    expect(statuses).toEqual([429]);
    const right = await confirm(guest.id, guest.cpfToken, code);
    expect([right.statusCode, right.json().code]).toEqual([429, "quota-exceeded"]);
    expect(Number(right.headers["retry-after"])).toBeGreaterThan(86_000);
    const alarms = harness.auth.logLines.filter((line) => line.includes("codes-guessed") && line.includes(guest.id));
    expect(alarms).toHaveLength(1);
    const { rows } = await harness.auth.database.pool.query(
      "select content from audit_trail where content like '%guess-code%' and content like $1",
      [`%${guest.id}%`],
    );
    expect(rows).toHaveLength(1);

    // Who knows the password, or is signed in, has not been guessing.
    const password = { username: guest.sent.email, password: guest.sent.password };
    expect((await postToken(harness.auth, password)).statusCode).toBe(200);
    const own = await guess(guest.token, 0);
    expect((await confirm(guest.id, guest.token, own.code)).statusCode).toBe(200);
    harness.clock.advanceSeconds(86_400);
    const later = (await post(harness.auth, "/customers/identify", { payload: { cpf: guest.sent.cpf } })).json();
    harness.clock.advanceSeconds(-86_400);
    expect(later.customer.id).toBe(guest.id);
  });

  it("when the right code comes twice at once, then it is good once", async () => {
    const { id, cpfToken, code } = await withCode();
    const answers = await Promise.all([confirm(id, cpfToken, code), confirm(id, cpfToken, code)]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 401]);
  });

  it("when it is stored, then neither the table nor the log holds the code", async () => {
    const { code } = await withCode();
    const { rows } = await harness.auth.database.pool.query("select v::text as text from verifications v");
    expect(rows.map(({ text }) => text).join()).not.toContain(code);
    expect(harness.auth.logLines.join("")).not.toContain(`"${code}"`);
  });

  it("when somebody has no e-mail, is somebody else, or no guest, then there is nothing to send", async () => {
    const visit = (await post(harness.auth, "/customers/anonymous")).json();
    expect((await send(visit.customer.id, visit.access_token)).statusCode).toBe(404);
    const [ana, bia] = [await registerGuest(harness.auth), await registerGuest(harness.auth)];
    expect((await send(ana.id, bia.token)).statusCode).toBe(404);
    const { id } = await hireStaff(harness.auth);
    expect((await send(id, await signToken(harness.auth, { role: "cashier", subject: id }))).statusCode).toBe(403);
  });

  it.each([123456, "12345", "1234567", "abcdef", "１２３４５６", "", null, ["123456"], " 12345"])(
    "when the code is %j, then 422",
    async (code) => {
      const { id, token } = await registerGuest(harness.auth);
      expect((await confirm(id, token, code)).statusCode).toBe(422);
    },
  );

  it("when somebody asks again and again, then the third code was the last for a while", async () => {
    const limited = await startPrivacyHarness({ rateLimits: "verification=3/900" });
    try {
      const { id, cpfToken } = await limited.identified();
      const statuses: number[] = [];
      for (let times = 0; times < 4; times += 1) {
        const answer = await limited.call("POST", `/customers/${id}/verification`, { token: cpfToken });
        statuses.push(answer.statusCode);
      }
      expect(statuses).toEqual([202, 202, 202, 429]);
    } finally {
      await limited.close();
    }
  });
});
