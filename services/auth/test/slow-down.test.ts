import { createPool } from "@comanda/postgres";
import { type FixedClock, fixedClock } from "@comanda/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { buildApp } from "../src/app.ts";
import { tidyUp } from "../src/use-cases/tidy-up.ts";
import { hireStaff, registerGuest } from "./builders.ts";
import { type Auth, postForm, postToken, settings, startAuth } from "./harness.ts";

let auth: Auth;
let clock: FixedClock;
beforeAll(async () => {
  clock = fixedClock(new Date());
  auth = await startAuth({ clock });
});
afterAll(() => auth.close());
// Tokens of the tests are signed by the real clock.
beforeEach(() => clock.set(new Date()));

const wrong = (username: string, headers = {}) => postToken(auth, { username, password: "not it at all" }, headers);

async function failTimes(times: number, username: string, headers = {}) {
  for (let turn = 0; turn < times; turn += 1) expect((await wrong(username, headers)).statusCode).toBe(400);
}

const cookieOf = (answer: { readonly headers: Record<string, unknown> }) =>
  String(answer.headers["set-cookie"]).split(";", 1)[0] ?? "";

// Reliability AU-30, the account's part: what is counted is the account, from wherever the attempts come.
describe("wrong passwords of one account", () => {
  it("when five have failed, then the sixth waits, even the right one; and after the wait it gets in", async () => {
    const { sent } = await registerGuest(auth);
    await failTimes(5, sent.email);
    const right = { username: sent.email, password: sent.password };
    const sixth = await postToken(auth, right);
    expect([sixth.statusCode, sixth.headers["retry-after"], sixth.json().error]).toEqual([429, "5", "slow_down"]);
    expect(sixth.headers["cache-control"]).toBe("no-store");
    clock.advanceSeconds(5);
    expect((await postToken(auth, right)).statusCode).toBe(200);
    await failTimes(5, sent.email);
  });

  it("when nobody has the account, then it is told just the same", async () => {
    const { sent } = await registerGuest(auth);
    await failTimes(5, sent.email);
    await failTimes(5, "ninguem.aqui@exemplo.com.br");
    const [known, unknown] = [await wrong(sent.email), await wrong("ninguem.aqui@exemplo.com.br")];
    expect([unknown.statusCode, unknown.body]).toEqual([known.statusCode, known.body]);
    expect(unknown.headers["retry-after"]).toBe(known.headers["retry-after"]);
  });

  it("when another is wrong after each wait, then the waits grow, but never beyond a minute", async () => {
    const { sent } = await registerGuest(auth);
    await failTimes(5, sent.email);
    const waits: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const wait = Number((await wrong(sent.email)).headers["retry-after"]);
      waits.push(wait);
      clock.advanceSeconds(wait);
      expect((await wrong(sent.email)).statusCode).toBe(400);
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it("when fifty are sent at once, then no more than a handful beyond the five are looked at", async () => {
    const { sent } = await registerGuest(auth);
    const answers = await Promise.all(Array.from({ length: 50 }, () => wrong(sent.email)));
    expect(answers.filter(({ statusCode }) => statusCode === 400).length).toBeLessThanOrEqual(6);
  });

  // One process and five free tries never get there; many processes at once might.
  it("when a hundred have failed within an hour, then none is looked at until the hour is over, and then it is", async () => {
    const { sent } = await hireStaff(auth, { role: "admin" });
    const right = { username: sent.email, password: sent.password };
    const cookie = cookieOf(await postToken(auth, right));
    await failTimes(1, sent.email);
    const seeded = await auth.database.pool.query(
      "update failed_attempts set hour_count = 99 where last_at = $1 and hour_count = 1",
      [clock.now()],
    );
    expect(seeded.rowCount).toBe(1);
    clock.advanceSeconds(1000);
    await failTimes(1, sent.email);
    for (const form of [right, { ...right, password: "not it at all" }]) {
      const refused = await postToken(auth, form);
      expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "2600"]);
    }
    expect((await postToken(auth, right, { cookie })).statusCode).toBe(200);
    clock.advanceSeconds(2599);
    expect((await postToken(auth, right)).headers["retry-after"]).toBe("1");
    clock.advanceSeconds(1);
    expect((await postToken(auth, right)).statusCode).toBe(200);
  });

  it("when two processes serve, then they count together", async () => {
    const pool = createPool({ connectionString: auth.database.url, applicationName: "second", log: auth.log });
    const second = await buildApp({ pool, keys: auth.keys, settings, log: auth.log, clock });
    onTestFinished(async () => {
      await second.app.close();
      await pool.end();
    });
    const { sent } = await registerGuest(auth);
    await failTimes(5, sent.email);
    const form = { username: sent.email, password: sent.password };
    expect((await postForm({ ...auth, app: second.app }, "/token", form)).statusCode).toBe(429);
  });

  it("when nothing was tried for a day, then nothing is kept", async () => {
    await auth.database.pool.query("delete from failed_attempts");
    const { sent } = await registerGuest(auth);
    await failTimes(1, sent.email);
    const count = async () =>
      Number((await auth.database.pool.query("select count(*) from failed_attempts")).rows[0].count);
    expect(await count()).toBeGreaterThan(0);
    await tidyUp(auth.people.db, new Date(clock.now().getTime() + 24 * 3_601_000));
    expect(await count()).toBe(0);
  });
});

// Reliability AU-33: failing on purpose must not be a way of keeping somebody out.
describe("a device that somebody signed in from before", () => {
  it("when strangers fail without end, then the person gets in from it at once, and strangers wait on", async () => {
    const { sent } = await hireStaff(auth, { role: "admin" });
    const right = { username: sent.email, password: sent.password };
    const cookie = cookieOf(await postToken(auth, right));
    await failTimes(5, sent.email);
    for (let turn = 0; turn < 100; turn += 1) expect((await wrong(sent.email)).statusCode).toBe(429);
    expect((await postToken(auth, right, { cookie })).statusCode).toBe(200);
    expect((await postToken(auth, right)).statusCode).toBe(429);
  });

  it("when ten thousand fail from as many addresses, then the administrator gets in from it meanwhile, every time", async () => {
    const shop = await startAuth({ clock, settings: { RATE_LIMITS: "login=20/60" } });
    try {
      const { sent } = await hireStaff(shop, { role: "admin" });
      const right = { username: sent.email, password: sent.password };
      const cookie = cookieOf(await postToken(shop, right));
      const statuses: number[] = [];
      const attack = async (number: number) => {
        const from = { "x-forwarded-for": `10.7.${number >> 8}.${number & 255}` };
        const { statusCode } = await postToken(shop, { ...right, password: "not it at all" }, from);
        statuses.push(statusCode);
      };
      for (let wave = 0; wave < 250; wave += 1) {
        const attacks = Array.from({ length: 40 }, (_, at) => attack(wave * 40 + at));
        if (wave % 25 === 0) expect((await postToken(shop, right, { cookie })).statusCode).toBe(200);
        await Promise.all(attacks);
        clock.advanceSeconds(10);
      }
      expect(statuses).toHaveLength(10_000);
      // Forty-two minutes: a handful, and then two in a minute are looked at, whatever comes.
      expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(100);
      // More at once than one account may have in line are turned away before anybody looks (503).
      expect(statuses.filter((status) => ![400, 429, 503].includes(status))).toEqual([]);
    } finally {
      await shop.close();
    }
  }, 300_000);

  it("when passwords are guessed from it, then it is slowed down too", async () => {
    const { sent } = await registerGuest(auth);
    const cookie = cookieOf(await postToken(auth, { username: sent.email, password: sent.password }));
    await failTimes(5, sent.email, { cookie });
    expect((await wrong(sent.email, { cookie })).statusCode).toBe(429);
  });

  it("when the mark is forged, another's, or three months old, then it is worth nothing", async () => {
    const [mine, other] = [await registerGuest(auth), await registerGuest(auth)];
    const right = { username: mine.sent.email, password: mine.sent.password };
    const cookie = cookieOf(await postToken(auth, right));
    const others = cookieOf(await postToken(auth, { username: other.sent.email, password: other.sent.password }));
    await failTimes(5, mine.sent.email);
    const longer = cookie.replace(/\.\d+\./, ".99999999999.");
    for (const forged of [others, longer, `${cookie}x`, "comanda_known_device=", "comanda_known_device=a.1.b"]) {
      expect((await postToken(auth, right, { cookie: forged })).statusCode, forged).toBe(429);
    }
    expect((await postToken(auth, right, { cookie })).statusCode).toBe(200);
    clock.advanceSeconds(91 * 86_400);
    await failTimes(5, mine.sent.email);
    expect((await postToken(auth, right, { cookie })).statusCode).toBe(429);
  });

  it("when it is kept, then scripts cannot read it, and it goes to sign-ins only", async () => {
    const { sent } = await registerGuest(auth);
    const answer = await postToken(auth, { username: sent.email, password: sent.password });
    expect(answer.headers["set-cookie"]).toMatch(
      /^comanda_known_device=[\w.-]+; Path=\/token; Max-Age=7776000; HttpOnly; SameSite=Strict$/,
    );
    const failed = await wrong(sent.email);
    expect(failed.headers["set-cookie"]).toBeUndefined();
  });

  it("when the address is public, then browsers keep and send it over TLS alone, and it counts as ever", async () => {
    const shop = await startAuth({ settings: { AUTH_ISSUER: "https://lanchonete.example", RATE_LIMITS: "off" } });
    try {
      const { sent } = await registerGuest(shop);
      const right = { username: sent.email, password: sent.password };
      const answer = await postToken(shop, right);
      expect(answer.headers["set-cookie"]).toMatch(/^__Secure-comanda_known_device=[\w.-]+; .*; Secure$/);
      for (let turn = 0; turn < 6; turn += 1) await postToken(shop, { ...right, password: "errada, com certeza" });
      expect((await postToken(shop, right)).statusCode).toBe(429);
      expect((await postToken(shop, right, { cookie: cookieOf(answer) })).statusCode).toBe(200);
    } finally {
      await shop.close();
    }
  });
});
