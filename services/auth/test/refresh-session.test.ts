import { fixedClock } from "@comanda/testing";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tidyUp } from "../src/use-cases/tidy-up.ts";
import { hireStaff, registerGuest } from "./builders.ts";
import { type Auth, bearer, postToken, startAuth } from "./harness.ts";

let auth: Auth;
const clock = fixedClock(new Date());
beforeAll(async () => {
  auth = await startAuth({ clock });
});
afterAll(() => auth.close());

type Pair = { readonly access_token: string; readonly refresh_token: string; readonly expires_in: number };

/** A registered guest, or somebody of the shop, with their first pair. */
async function signIn(role?: "kitchen" | "admin"): Promise<{ readonly id: string; readonly pair: Pair }> {
  const { id, sent } = role === undefined ? await registerGuest(auth) : await hireStaff(auth, { role });
  const answer = await postToken(auth, { username: sent.email, password: sent.password });
  return { id, pair: answer.json() };
}

const refresh = (token: string, more: Record<string, string> = {}, of: Auth = auth) =>
  postToken(of, { grant_type: "refresh_token", refresh_token: token, ...more });
const statusOf = async (token: string, of: Auth = auth) =>
  (await of.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;

function expectInvalidGrant(answer: Awaited<ReturnType<typeof refresh>>): void {
  expect(answer.statusCode).toBe(400);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.body).toBe('{"error":"invalid_grant","error_description":"the refresh token is not good any more"}');
}

describe("refresh-session", () => {
  it("when a refresh token is used, then the next pair comes, and both access tokens are good", async () => {
    const { id, pair } = await signIn();
    const answer = await refresh(pair.refresh_token);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const next = answer.json();
    expect(next).toMatchObject({ token_type: "bearer", scope: "customer:registered", customer_id: id });
    expect(next.expires_in).toBeGreaterThan(3590);
    expect(next.refresh_token).toMatch(/^[\w-]{43}$/);
    expect(next.refresh_token).not.toBe(pair.refresh_token);
    expect(decodeJwt(next.access_token)).toMatchObject({ sub: id, role: "customer", level: "registered" });
    expect(decodeJwt(next.access_token).jti).not.toBe(decodeJwt(pair.access_token).jti);
    expect([await statusOf(pair.access_token), await statusOf(next.access_token)]).toEqual([200, 200]);
  });

  // The answer may have been lost on a bad line: asking again must not cost the guest their session (AU-07).
  it("when the same one is used again within 10 s, then the very same pair comes, and the chain goes on", async () => {
    const { pair } = await signIn();
    const first = (await refresh(pair.refresh_token)).json();
    clock.advanceSeconds(9);
    const again = await refresh(pair.refresh_token);
    expect(again.statusCode).toBe(200);
    const { expires_in: left, ...same } = again.json();
    const { expires_in: _whole, ...firstWithout } = first;
    expect(same).toEqual(firstWithout);
    expect(left).toBeGreaterThan(3580);
    expect(left).toBeLessThanOrEqual(3591);
    expect((await refresh(first.refresh_token)).statusCode).toBe(200);
  });

  // Two hold the token, one of them a thief, and nobody can tell which: both are out at once (RFC 9700 §4.14.2).
  it("when a spent one comes again later, then the whole family is out: refresh tokens and access tokens", async () => {
    const { pair } = await signIn("admin");
    const second = (await refresh(pair.refresh_token)).json();
    clock.advanceSeconds(11);
    const before = auth.logLines.length;
    expectInvalidGrant(await refresh(pair.refresh_token));
    expectInvalidGrant(await refresh(second.refresh_token));
    expect([await statusOf(pair.access_token), await statusOf(second.access_token)]).toEqual([401, 401]);
    expect(auth.logLines.slice(before).join("")).toContain("a spent refresh token came again");
  });

  it("when a spent one comes after its successor was used, then that is reuse at once", async () => {
    const { pair } = await signIn();
    const second = (await refresh(pair.refresh_token)).json();
    const third = (await refresh(second.refresh_token)).json();
    expectInvalidGrant(await refresh(pair.refresh_token));
    expectInvalidGrant(await refresh(third.refresh_token));
    expect(await statusOf(third.access_token)).toBe(401);
  });

  it("when one family is out, then other sign-ins of the same person go on", async () => {
    const { sent } = await registerGuest(auth);
    const form = { username: sent.email, password: sent.password };
    const [one, other]: Pair[] = [(await postToken(auth, form)).json(), (await postToken(auth, form)).json()];
    const next = (await refresh(one?.refresh_token ?? "")).json();
    await refresh(next.refresh_token);
    expectInvalidGrant(await refresh(one?.refresh_token ?? ""));
    expect(await statusOf(other?.access_token ?? "")).toBe(200);
    expect((await refresh(other?.refresh_token ?? "")).statusCode).toBe(200);
  });

  it("when 50 use one token at the same moment, then all get one and the same pair, and one family lives", async () => {
    const { id, pair } = await signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(pair.refresh_token)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map((answer) => answer.json().refresh_token)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.json().access_token)).size).toBe(1);
    const { rows } = await auth.database.pool.query(
      "select count(*) filter (where spent_at is null) as open, count(distinct session_id) as families from refresh_tokens join sessions on sessions.id = session_id where subject = $1 and ended_at is null",
      [id],
    );
    expect(rows).toEqual([{ open: 1, families: 1 }]);
  });

  it("when the role has changed since, then the next token carries the new one", async () => {
    const { id, pair } = await signIn("kitchen");
    await auth.database.pool.query("update people set role = 'manager' where id = $1", [id]);
    expect((await refresh(pair.refresh_token)).json()).toMatchObject({ scope: "staff:manager" });
  });

  it("when the person is gone since, then nothing comes", async () => {
    const { id, pair } = await signIn();
    await auth.database.pool.query("delete from people where id = $1", [id]);
    expectInvalidGrant(await refresh(pair.refresh_token));
  });

  it.each(["", " ", "x", "A".repeat(43), "ç", "'; drop table sessions; --", "x".repeat(5_000)])(
    "when the token is %j, then it is refused in OAuth's words",
    async (token) => {
      const answer = await refresh(token);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error).toBe(token === "" ? "invalid_request" : "invalid_grant");
    },
  );

  it("when an access token is used in its place, then it is none", async () => {
    const { pair } = await signIn();
    expectInvalidGrant(await refresh(pair.access_token));
    expect((await auth.app.inject({ url: "/auth", headers: bearer(pair.refresh_token) })).statusCode).toBe(401);
  });

  it("when the scope is asked for again, then it is given; another is not", async () => {
    const { pair } = await signIn();
    const next = (await refresh(pair.refresh_token, { scope: "customer:registered" })).json();
    expect(next.scope).toBe("customer:registered");
    expect((await refresh(next.refresh_token, { scope: "staff:admin" })).json().error).toBe("invalid_scope");
    // Nothing was spent by that: later than a repetition is taken for, it is still the first use.
    clock.advanceSeconds(11);
    expect((await refresh(next.refresh_token)).statusCode).toBe(200);
  });

  it("when a service gets a token, then nothing to renew it with; it authenticates again", async () => {
    const { rows } = await auth.database.pool.query(
      "select count(*) as many from sessions where subject_kind = 'service'",
    );
    expect(rows).toEqual([{ many: 0 }]);
  });
});

describe("refresh-session, time", () => {
  it("when staff are idle for 30 minutes, then the session is over (AU-04)", async () => {
    const own = fixedClock(new Date());
    const strict = await startAuth({ clock: own });
    try {
      const { sent } = await hireStaff(strict, { role: "cashier" });
      const form = { username: sent.email, password: sent.password };
      const pair = (await postToken(strict, form)).json();
      expect(pair.expires_in).toBe(600);
      own.advanceSeconds(1799);
      const next = await refresh(pair.refresh_token, {}, strict);
      expect(next.statusCode).toBe(200);
      expect(await statusOf(pair.access_token, strict)).toBe(401);
      own.advanceSeconds(1800);
      expectInvalidGrant(await refresh(next.json().refresh_token, {}, strict));
    } finally {
      await strict.close();
    }
  });

  // An operator's own decision (docs/adr/0020): then half an hour would end the session before its token.
  it("when tokens of staff were made to live an hour, then they can be renewed until shortly after", async () => {
    const own = fixedClock(new Date());
    const lenient = await startAuth({ clock: own, settings: { STAFF_TOKEN_SECONDS: 3600 } });
    try {
      const { sent } = await hireStaff(lenient, { role: "cashier" });
      const pair = (await postToken(lenient, { username: sent.email, password: sent.password })).json();
      expect(pair.expires_in).toBe(3600);
      own.advanceSeconds(3899);
      const next = await refresh(pair.refresh_token, {}, lenient);
      expect(next.statusCode).toBe(200);
      expect(next.json().expires_in).toBeGreaterThanOrEqual(3599);
      own.advanceSeconds(3900);
      expectInvalidGrant(await refresh(next.json().refresh_token, {}, lenient));
    } finally {
      await lenient.close();
    }
  });

  // Last of those on the common clock, for it moves that far beyond the tokens that tests sign by the real one.
  it("when staff renew all day long, then the session and its last token are over after 12 hours", async () => {
    let { pair } = await signIn("kitchen");
    const refreshed = async (seconds: number) => {
      clock.advanceSeconds(seconds);
      return refresh(pair.refresh_token);
    };
    for (let quarter = 0; quarter < 12 * 4 - 1; quarter += 1) {
      const answer = await refreshed(900);
      expect(answer.statusCode).toBe(200);
      pair = answer.json();
      expect([599, 600]).toContain(pair.expires_in);
    }
    const last = await refreshed(895);
    expect(last.statusCode).toBe(200);
    // What is left of the session, not ten minutes more.
    expect(last.json().expires_in).toBeLessThanOrEqual(6);
    pair = last.json();
    expect(await statusOf(pair.access_token)).toBe(200);
    expectInvalidGrant(await refreshed(5));
    clock.advanceSeconds(1);
    expect(await statusOf(pair.access_token)).toBe(401);
  });

  it("when sessions have been over for a month, then tidying removes them, and a living one stays", async () => {
    const own = fixedClock(new Date());
    const later = await startAuth({ clock: own });
    try {
      const people = [await hireStaff(later), await hireStaff(later)];
      const [old, fresh] = people.map(({ id, sent }) => ({
        id,
        signIn: () => postToken(later, { username: sent.email, password: sent.password }),
      }));
      await old?.signIn();
      own.advanceSeconds(32 * 86_400);
      const pair = (await fresh?.signIn())?.json();
      await tidyUp(later.people.db, own.now());
      const { rows } = await later.database.pool.query("select subject from sessions");
      expect(rows).toEqual([{ subject: fresh?.id }]);
      expect((await refresh(pair.refresh_token, {}, later)).statusCode).toBe(200);
    } finally {
      await later.close();
    }
  });
});

describe("refresh-session, what is kept", () => {
  it("when the database is read by a stranger, then no token stands in it, in no form", async () => {
    const { pair } = await signIn();
    const next = (await refresh(pair.refresh_token)).json();
    const { rows } = await auth.database.pool.query("select refresh_tokens::text as row from refresh_tokens");
    const dump = rows.map(({ row }) => row).join("\n");
    for (const secret of [pair.refresh_token, pair.access_token, next.refresh_token, next.access_token]) {
      for (const form of [
        secret,
        Buffer.from(secret).toString("hex"),
        Buffer.from(secret, "base64url").toString("hex"),
      ]) {
        expect(dump.includes(form)).toBe(false);
      }
    }
  });
});
