import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, pairDevice, registerGuest } from "./builders.ts";
import { type Auth, bearer, postForm, postToken, settings, signToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

async function signIn(who?: { readonly email: string; readonly password: string }) {
  const { email, password } = who ?? (await hireStaff(auth)).sent;
  const { access_token: access, refresh_token: refresh } = (
    await postToken(auth, { username: email, password })
  ).json();
  return { access: String(access), refresh: String(refresh) };
}

const revoke = (token: string, holder: string) => postForm(auth, "/revoke", { token }, bearer(holder));
const check = async (token: string) => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;
const renew = async (token: string) =>
  (await postToken(auth, { grant_type: "refresh_token", refresh_token: token })).statusCode;
const asOrder = { client_id: "order", client_secret: settings.ORDER_CLIENT_SECRET };

describe("revoke-token", () => {
  it.each(["access", "refresh"] as const)(
    "when somebody revokes their %s token, then that session is over at once",
    async (which) => {
      const { sent } = await registerGuest(auth);
      const [one, other] = [await signIn(sent), await signIn(sent)];
      const answer = await revoke(one[which], one.access);
      expect([answer.statusCode, answer.body]).toEqual([200, ""]);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect([await check(one.access), await renew(one.refresh)]).toEqual([401, 400]);
      expect([await check(other.access), await renew(other.refresh)]).toEqual([200, 200]);
    },
  );

  it("when somebody ends another of their sessions, then they may; their own goes on", async () => {
    const { sent } = await registerGuest(auth);
    const [here, there] = [await signIn(sent), await signIn(sent)];
    await revoke(there.refresh, here.access);
    expect([await check(there.access), await check(here.access)]).toEqual([401, 200]);
  });

  it("when a session was renewed, then every access token of it is out", async () => {
    const { access, refresh } = await signIn();
    const next = (await postToken(auth, { grant_type: "refresh_token", refresh_token: refresh })).json();
    await revoke(next.refresh_token, next.access_token);
    expect([await check(access), await check(next.access_token)]).toEqual([401, 401]);
  });

  it("when a token belongs to no session, then it alone is out", async () => {
    const { token } = await registerGuest(auth);
    expect((await revoke(token, token)).statusCode).toBe(200);
    expect(await check(token)).toBe(401);
  });

  // Whoever finds a stranger's token must not be able to sign them out with a token of their own (AU-24).
  it("when the token is somebody else's, unknown, or revoked already, then 200 and nothing changes", async () => {
    const [mine, theirs, device] = [await signIn(), await signIn(), await pairDevice(auth)];
    const foreign = [theirs.access, theirs.refresh, device.token, device.refreshToken];
    for (const token of [...foreign, "x", "x".repeat(10_000), "'; --"]) {
      expect((await revoke(token, mine.access)).statusCode).toBe(200);
    }
    expect([await check(theirs.access), await renew(theirs.refresh), await check(device.token)]).toEqual([
      200, 200, 200,
    ]);
    const gone = await signIn();
    await revoke(gone.access, gone.access);
    expect((await revoke(gone.access, mine.access)).statusCode).toBe(200);
  });

  it("when a service revokes, then its own token goes, and no person's", async () => {
    const form = { grant_type: "client_credentials", resource: "urn:comanda:auth", ...asOrder };
    const own = String((await postToken(auth, form)).json().access_token);
    const payments = await signToken(auth, {
      role: "service",
      subject: "payment",
      claims: { client_id: "payment", aud: "auth" },
    });
    const person = await signIn();
    expect(await check(own)).toBe(200);
    for (const token of [own, payments, person.access, person.refresh]) {
      expect((await postForm(auth, "/revoke", { token, ...asOrder })).statusCode).toBe(200);
    }
    expect([await check(own), await check(payments), await check(person.access)]).toEqual([401, 200, 200]);
    expect(await renew(person.refresh)).toBe(200);
    const basic = { authorization: `Basic ${Buffer.from(`order:${settings.ORDER_CLIENT_SECRET}`).toString("base64")}` };
    expect((await postForm(auth, "/revoke", { token: "x" }, basic)).statusCode).toBe(200);
  });

  it("when a token for another service than auth is revoked by its client, then it stands in the list", async () => {
    const token = String((await postToken(auth, { grant_type: "client_credentials", ...asOrder })).json().access_token);
    await postForm(auth, "/revoke", { token, ...asOrder });
    const { rows } = await auth.database.pool.query("select kind from revocations where value = $1", [
      decodeJwt(token).jti,
    ]);
    expect(rows).toEqual([{ kind: "token" }]);
  });

  it("when a page without any secret revokes what it holds, then the session is over; a device's is not the page's", async () => {
    const [one, other, device] = [await signIn(), await signIn(), await pairDevice(auth)];
    for (const token of [one.access, other.refresh, device.token, device.refreshToken]) {
      expect((await postForm(auth, "/revoke", { token, client_id: "web" })).statusCode).toBe(200);
    }
    expect([await renew(one.refresh), await check(other.access), await check(device.token)]).toEqual([400, 401, 200]);
    await postForm(auth, "/revoke", { token: device.refreshToken, client_id: "device" });
    expect(await check(device.token)).toBe(401);
  });

  it("when nobody asks, or the client is wrong, then 401; without a token, 400", async () => {
    const { access } = await signIn();
    const wrong = { client_id: "order", client_secret: "x".repeat(40) };
    expect((await postForm(auth, "/revoke", { token: access })).statusCode).toBe(401);
    expect((await postForm(auth, "/revoke", { token: access, ...wrong })).json().error).toBe("invalid_client");
    for (const client of ["order", "nobody"]) {
      expect((await postForm(auth, "/revoke", { token: access, client_id: client })).statusCode).toBe(401);
    }
    expect((await postForm(auth, "/revoke", { token: access }, bearer("a.b.c"))).statusCode).toBe(401);
    expect((await postForm(auth, "/revoke", {}, bearer(access))).json().error).toBe("invalid_request");
    expect(await check(access)).toBe(200);
  });
});
