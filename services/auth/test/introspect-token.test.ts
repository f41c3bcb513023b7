import { fixedClock } from "@comanda/testing";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, pairDevice, registerGuest } from "./builders.ts";
import { type Auth, ISSUER, postForm, postToken, settings, signToken, startAuth } from "./harness.ts";

let auth: Auth;
const clock = fixedClock(new Date());
beforeAll(async () => {
  auth = await startAuth({ clock });
});
afterAll(() => auth.close());

const asOrder = { client_id: "order", client_secret: settings.ORDER_CLIENT_SECRET };
const introspect = (token: string) => postForm(auth, "/introspect", { token, ...asOrder });

describe("introspect-token", () => {
  it("when a token is good for the service that asks, then it hears what the token says, and nothing personal", async () => {
    const { sent, id } = await hireStaff(auth, { role: "manager" });
    const { access_token: token } = (await postToken(auth, { username: sent.email, password: sent.password })).json();
    const answer = await introspect(token);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const claims = decodeJwt(token);
    expect(answer.json()).toEqual({
      active: true,
      scope: "staff:manager",
      client_id: "web",
      token_type: "Bearer",
      exp: claims.exp,
      iat: claims.iat,
      nbf: claims.nbf,
      sub: id,
      aud: ["auth", "order", "payment"],
      iss: ISSUER,
      jti: claims.jti,
      role: "manager",
    });
    const basic = `Basic ${Buffer.from(`order:${settings.ORDER_CLIENT_SECRET}`).toString("base64")}`;
    expect((await postForm(auth, "/introspect", { token }, { authorization: basic })).json().active).toBe(true);
  });

  it("when it is a guest's or a device's, then the level or the kind is said", async () => {
    expect((await introspect((await registerGuest(auth)).token)).json()).toMatchObject({ level: "registered" });
    expect((await introspect((await pairDevice(auth)).token)).json()).toMatchObject({ role: "device", kind: "kiosk" });
  });

  it('when the token is bad in any way, then the answer is {"active":false} to the byte (AU-23)', async () => {
    const { id } = await hireStaff(auth, { role: "cashier" });
    const nowS = Math.floor(Date.now() / 1000);
    const cashier = (claims: Record<string, unknown>) => signToken(auth, { role: "cashier", subject: id, claims });
    const good = await cashier({});
    const device = await pairDevice(auth);
    const bad = {
      nonsense: "x",
      expired: await cashier({ exp: nowS - 61 }),
      "not yet valid": await cashier({ nbf: nowS + 3600 }),
      "for payment alone": await cashier({ aud: "payment" }),
      "for auth alone": await cashier({ aud: ["auth"] }),
      "of another issuer": await cashier({ iss: "http://elsewhere.test" }),
      tampered: `${good.slice(0, -10)}AAAAAAAAAA`,
      "of somebody who is gone": await signToken(auth, { role: "cashier" }),
      "of another role by now": await signToken(auth, { role: "admin", subject: id }),
      "a refresh token": device.refreshToken,
      "of 100 KB": "x".repeat(50_000),
    };
    expect((await introspect(good)).json().active).toBe(true);
    for (const [what, token] of Object.entries(bad)) {
      const answer = await introspect(token);
      expect([answer.statusCode, answer.body], what).toEqual([200, '{"active":false}']);
    }
  });

  it.each([
    ["nobody asks", {}, {}, 401, "invalid_client"],
    ["the secret is wrong", { client_id: "order", client_secret: "x".repeat(40) }, {}, 401, "invalid_client"],
    ["the client is unknown", { client_id: "web", client_secret: "x".repeat(40) }, {}, 401, "invalid_client"],
    ["a bearer token asks", {}, { authorization: "Bearer a.b.c" }, 401, "invalid_client"],
    ["the token is missing", { ...asOrder, token: "" }, {}, 400, "invalid_request"],
  ])("when %s, then it is refused in OAuth's words", async (_what, form, headers, status, error) => {
    const answer = await postForm(auth, "/introspect", { token: "x", ...form }, headers);
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });
});
