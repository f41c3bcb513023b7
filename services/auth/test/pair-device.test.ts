import { fixedClock } from "@comanda/testing";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDevice, pairDevice } from "./builders.ts";
import { type Auth, bearer, postToken, startAuth } from "./harness.ts";

let auth: Auth;
const clock = fixedClock(new Date());
beforeAll(async () => {
  auth = await startAuth({ clock });
});
afterAll(() => auth.close());

const pair = (code: string, of: Auth = auth, from = "203.0.113.200") =>
  postToken(of, { grant_type: "urn:comanda:device", pairing_code: code }, { "x-forwarded-for": from });

describe("pair-device", () => {
  it.each(["kiosk", "kitchen", "panel", "counter"])(
    "when a %s trades its code, then its tokens say its kind",
    async (kind) => {
      const { id, code } = await makeDevice(auth, { kind });
      const answer = await pair(code);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.json()).toEqual({
        access_token: expect.any(String),
        token_type: "bearer",
        expires_in: 3600,
        refresh_token: expect.stringMatching(/^[\w-]{43}$/),
        scope: `device:${kind}`,
        customer_id: null,
      });
      const claims = decodeJwt(answer.json().access_token);
      expect(claims).toMatchObject({ sub: id, role: "device", kind, aud: ["auth", "order", "payment"] });
      const who = await auth.app.inject({ url: "/auth", headers: bearer(answer.json().access_token) });
      expect(who.json()).toMatchObject({ id, role: "device", scope: `device:${kind}` });
    },
  );

  it("when the code is typed in lower case and without its dash, then it is the same code", async () => {
    const { code } = await makeDevice(auth);
    expect((await pair(` ${code.toLowerCase().replace("-", "")} `)).statusCode).toBe(200);
  });

  it("when a code is used twice, one after the other or twenty at once, then one device gets tokens", async () => {
    const { code } = await makeDevice(auth);
    expect([(await pair(code)).statusCode, (await pair(code)).statusCode]).toEqual([200, 400]);
    const { code: another } = await makeDevice(auth);
    clock.advanceSeconds(120);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pair(another)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    clock.advanceSeconds(120);
  });

  it("when ten minutes have passed, then the code is good no more, and says nothing of why", async () => {
    const [early, late] = [await makeDevice(auth), await makeDevice(auth)];
    clock.advanceSeconds(599);
    expect((await pair(early.code)).statusCode).toBe(200);
    clock.advanceSeconds(1);
    const answer = await pair(late.code);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toBe((await pair("ABCD-EFGH")).body);
    expect(answer.json()).toEqual({ error: "invalid_grant", error_description: "the pairing code is not good" });
  });

  it.each(["", "x", "ABCD-EFG0", "'; drop table devices; --", "A".repeat(5000), "ABCD EFGH IJKL"])(
    "when the code is %j, then it is refused in OAuth's words",
    async (code) => {
      const answer = await pair(code);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error).toBe(code === "" ? "invalid_request" : "invalid_grant");
    },
  );

  // Eight characters can be guessed by whoever may guess without end.
  it("when many wrong codes come, then none is looked at for a moment, not even a right one, and then again", async () => {
    const own = fixedClock(new Date());
    const attacked = await startAuth({ clock: own });
    try {
      const { code } = await makeDevice(attacked);
      // From ten addresses: of one alone fewer are looked at.
      const guesses = await Promise.all(
        Array.from({ length: 100 }, (_, at) => pair("2222-3333", attacked, `203.0.113.${at % 10}`)),
      );
      expect(guesses.filter(({ statusCode }) => statusCode === 400)).toHaveLength(30);
      const refused = guesses.filter(({ statusCode }) => statusCode === 429);
      expect(refused).toHaveLength(70);
      expect(refused[0]?.headers["retry-after"]).toBe("5");
      expect(refused[0]?.json().error).toBe("slow_down");
      expect((await pair(code, attacked)).statusCode).toBe(429);
      own.advanceSeconds(5);
      expect((await pair(code, attacked)).statusCode).toBe(200);
    } finally {
      await attacked.close();
    }
  });

  it("when one address sends wrong codes without end, then a totem elsewhere is paired all the same", async () => {
    const own = fixedClock(new Date());
    const attacked = await startAuth({ clock: own });
    try {
      const { code } = await makeDevice(attacked);
      const guesses = await Promise.all(
        Array.from({ length: 50 }, (_, at) => pair("2222-3333", attacked, `2001:db8:1:1::${at}`)),
      );
      expect(guesses.filter(({ statusCode }) => statusCode === 400)).toHaveLength(20);
      expect((await pair(code, attacked, "2001:db8:1:1::1")).statusCode).toBe(429);
      expect((await pair(code, attacked, "203.0.113.9")).statusCode).toBe(200);
    } finally {
      await attacked.close();
    }
  });

  it("when a device renews its tokens for a year, then it goes on working; a spent token ends it", async () => {
    const own = fixedClock(new Date());
    const lasting = await startAuth({ clock: own });
    const refresh = (token: string) => postToken(lasting, { grant_type: "refresh_token", refresh_token: token });
    try {
      const { refreshToken } = await pairDevice(lasting);
      let token = refreshToken;
      for (let month = 0; month < 12; month += 1) {
        own.advanceSeconds(30 * 86_400);
        const answer = await refresh(token);
        expect(answer.statusCode).toBe(200);
        expect(answer.json()).toMatchObject({ scope: "device:kiosk", customer_id: null });
        token = answer.json().refresh_token;
      }
      expect((await refresh(refreshToken)).statusCode).toBe(400);
      expect((await refresh(token)).statusCode).toBe(400);
    } finally {
      await lasting.close();
    }
  });
});
