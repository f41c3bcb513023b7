import { type FixedClock, fixedClock } from "@comanda/testing";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, pairDevice, registerGuest } from "./builders.ts";
import { type Auth, bearer, post, postToken, settings, startAuth } from "./harness.ts";

let auth: Auth;
let clock: FixedClock;
beforeAll(async () => {
  clock = fixedClock(new Date());
  auth = await startAuth({ clock });
});
afterAll(() => auth.close());

const MINUTE_S = 60;
/** As each of them comes in, on a start without any setting: at most so many seconds (reliability AU-04). */
const WAYS_IN: readonly (readonly [string, number, () => Promise<Answer>])[] = [
  ["an anonymous guest", 60 * MINUTE_S, () => post(auth, "/customers/anonymous")],
  ["a guest known by CPF", 60 * MINUTE_S, identified],
  ["a registered guest", 60 * MINUTE_S, async () => passwordOf((await registerGuest(auth)).sent)],
  ...(["admin", "manager", "cashier", "kitchen"] as const).map(
    (role) => [role, 10 * MINUTE_S, async () => passwordOf((await hireStaff(auth, { role })).sent)] as const,
  ),
  ["staff by PIN at a paired screen", 10 * MINUTE_S, byPin],
  ["a service", 5 * MINUTE_S, asService],
];

type Answer = Awaited<ReturnType<typeof post>>;

function passwordOf({ email, password }: { readonly email: string; readonly password?: unknown }) {
  return postToken(auth, { username: email, password: String(password) });
}

async function identified() {
  const { sent } = await registerGuest(auth);
  return post(auth, "/customers/identify", { payload: { cpf: sent.cpf } });
}

async function byPin() {
  const { id, sent } = await hireStaff(auth, { role: "cashier" });
  const { token: screen } = await pairDevice(auth, { kind: "counter" });
  const { access_token: token } = (await passwordOf(sent)).json();
  await auth.app.inject({
    method: "PUT",
    url: `/customers/${id}/pin`,
    headers: { ...bearer(token), "content-type": "application/json" },
    payload: JSON.stringify({ password: sent.password, pin: "4071" }),
  });
  return postToken(auth, { grant_type: "urn:comanda:pin", person_id: id, pin: "4071" }, bearer(screen));
}

function asService() {
  return postToken(auth, {
    grant_type: "client_credentials",
    client_id: "order",
    client_secret: settings.ORDER_CLIENT_SECRET,
    resource: "urn:comanda:auth",
  });
}

const statusOf = async (token: string) => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;

describe("how long an access token lives", () => {
  it.each(WAYS_IN)(
    "when %s comes in, then for at most %d s, as the answer says, and not a second longer",
    async (...way) => {
      const [, longest, comeIn] = way;
      clock.set(new Date());
      const answer = await comeIn();
      const { access_token: token, expires_in: seconds } = answer.json();
      const { iat, exp } = decodeJwt(token);
      expect(Number(exp) - Number(iat)).toBe(seconds);
      expect(seconds).toBeLessThanOrEqual(longest);
      const over = new Date(Number(exp) * 1000);
      clock.set(new Date(over.getTime() - 1));
      expect(await statusOf(token)).toBe(200);
      clock.set(over);
      expect(await statusOf(token)).toBe(401);
    },
  );
});

// The contract's simplest client: it signs in, and knows nothing of refresh tokens (docs/adr/0020).
describe("a program of the staff that only knows `password`", () => {
  it("when its token ends, then it is told so, signs in again, and works on, all day long", async () => {
    clock.set(new Date());
    const { sent } = await hireStaff(auth, { role: "admin" });
    const signIn = () => passwordOf(sent);
    let token = String((await signIn()).json().access_token);
    const signIns = { wanted: 0, given: 0 };
    for (let minute = 0; minute < 12 * 60; minute += 5) {
      clock.advanceSeconds(5 * MINUTE_S);
      const request = () => auth.app.inject({ url: "/auth", headers: bearer(token) });
      const first = await request();
      if (first.statusCode === 200) continue;
      expect(first.statusCode).toBe(401);
      expect(first.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
      signIns.wanted += 1;
      const again = await signIn();
      if (again.statusCode === 200) signIns.given += 1;
      token = String(again.json().access_token);
      expect((await request()).statusCode).toBe(200);
    }
    expect(signIns).toEqual({ wanted: 72, given: 72 });
  });
});
