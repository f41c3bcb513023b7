import { newId } from "@comanda/primitives";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, pairDevice, registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, signToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

/** The device that the token of a guest names. */
async function deviceIn(url: string, options: { payload?: unknown; token?: string; key?: string }) {
  const { payload, token, key } = options;
  const answer = await auth.app.inject({
    method: "POST",
    url,
    headers: {
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : bearer(token)),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });
  if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}: ${answer.body}`);
  return decodeJwt(answer.json().access_token)["device"];
}

describe("the device of a guest", () => {
  it("when a totem asks for a guest's token, then the token names the totem, however the guest is known", async () => {
    const { id, token } = await pairDevice(auth);
    const { sent } = await registerGuest(auth);
    expect(await deviceIn("/customers/anonymous", { token })).toBe(id);
    expect(await deviceIn("/customers/identify", { token, payload: { cpf: sent.cpf } })).toBe(id);
    expect(await deviceIn("/customers/register", { token, payload: registration() })).toBe(id);
  });

  // The claim sends charges to a card terminal: only a device at which guests are served may set it.
  it("when a phone, a kitchen, a panel or staff ask, then the token names no device", async () => {
    const { id } = await hireStaff(auth);
    const tokens = [
      undefined,
      await signToken(auth, { role: "device", kind: "kitchen" }),
      await signToken(auth, { role: "device", kind: "panel" }),
      await signToken(auth, { role: "cashier", subject: id }),
      await signToken(auth, { role: "customer", level: "anonymous" }),
    ];
    for (const token of tokens) {
      expect(await deviceIn("/customers/anonymous", token === undefined ? {} : { token })).toBeUndefined();
    }
  });

  it("when a phone repeats the request of a totem, then it does not get the totem's claim", async () => {
    const { id, token } = await pairDevice(auth);
    const key = newId();
    expect(await deviceIn("/customers/anonymous", { token, key })).toBe(id);
    expect(await deviceIn("/customers/anonymous", { token, key })).toBe(id);
    expect(await deviceIn("/customers/anonymous", { key })).toBeUndefined();
  });
});
