import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCpf, makeDevice, pairDevice, registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, postToken, settings, signToken, startAuth } from "./harness.ts";

// Small quotas, so that the limits are met in a few requests; the figures of production are a table in the source.
const RATE_LIMITS = [
  "token=6/60",
  "token-address=10/60",
  "login=3/60",
  "identify=4/60",
  "identify-cpf=2/60",
  "register=2/60",
  "anonymous=5/2",
  "search=2/60",
].join(" ");

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth({ settings: { RATE_LIMITS } });
});
afterAll(() => auth.close());

let turn = 0;
/** A client at an address of its own, as the proxy gives it. */
function newAddress(): string {
  turn += 1;
  return `203.0.113.${turn}`;
}

async function post(url: string, from: string, options: { payload?: unknown; token?: string } = {}) {
  return auth.app.inject({
    method: "POST",
    url,
    headers: {
      "x-forwarded-for": from,
      ...(options.payload === undefined ? {} : { "content-type": "application/json" }),
      ...(options.token === undefined ? {} : bearer(options.token)),
    },
    ...(options.payload === undefined ? {} : { payload: JSON.stringify(options.payload) }),
  });
}

describe("rate limits", () => {
  it("when an address begins more visits than it may, then 429 with the headers and problem of the draft", async () => {
    const from = newAddress();
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push(await post("/customers/anonymous", from));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201, 201, 201, 429]);
    expect(answers[0]?.headers["ratelimit-policy"]).toBe('"anonymous";q=5;w=2');
    expect(answers[0]?.headers["ratelimit"]).toMatch(/^"anonymous";r=4;t=[12]$/);
    const refused = answers[5];
    expect(refused?.json()).toMatchObject({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      code: "quota-exceeded",
      "violated-policies": ["anonymous"],
    });
    const [, seconds] = /t=(\d+)$/.exec(String(refused?.headers["ratelimit"])) ?? [];
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThanOrEqual(Number(seconds));
    const isOpen = async () => (await post("/customers/anonymous", from)).statusCode === 201;
    await waitFor(isOpen, { description: "the next window" });
  });

  it("when two addresses ask, then neither uses up the other's quota", async () => {
    const [one, other] = [newAddress(), newAddress()];
    for (let count = 0; count < 6; count += 1) await post("/customers/anonymous", one);
    expect((await post("/customers/anonymous", other)).statusCode).toBe(201);
  });

  // Reliability AU-31: what stands left of the trusted proxy's word was written by the client.
  it("when a client writes another address each time, then it is counted by the one the proxy wrote", async () => {
    const from = newAddress();
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      const answer = await post("/customers/register", `198.51.100.${count}, ${from}`, { payload: registration() });
      statuses.push(answer.statusCode);
    }
    expect(statuses).toEqual([201, 201, 429, 429, 429, 429, 429, 429]);
  });

  it("when a totem asks, then it has a quota of its own, whatever address it shares", async () => {
    const from = newAddress();
    for (let count = 0; count < 3; count += 1) await post("/customers/register", from, { payload: registration() });
    const { code } = await makeDevice(auth);
    const { access_token: token } = (
      await postToken(auth, { grant_type: "urn:comanda:device", pairing_code: code }, { "x-forwarded-for": from })
    ).json();
    const answer = await post("/customers/register", from, { payload: registration(), token });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers["ratelimit-policy"]).toBe('"register-device";q=30;w=60');
  });

  it("when one CPF is asked for from many addresses, then its own limit holds", async () => {
    const cpf = freshCpf();
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await post("/customers/identify", newAddress(), { payload: { cpf } })).statusCode);
    }
    expect(statuses).toEqual([404, 404, 429, 429]);
  });

  it("when one address tries many CPFs, then the limit of the address holds", async () => {
    const from = newAddress();
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push((await post("/customers/identify", from, { payload: { cpf: freshCpf() } })).statusCode);
    }
    expect(statuses).toEqual([404, 404, 404, 404, 429, 429]);
  });

  it("when passwords are tried, then after the quota the answer is 429 in OAuth's form", async () => {
    const from = newAddress();
    const attempt = () => postToken(auth, { username: "a@b.com.br", password: "x" }, { "x-forwarded-for": from });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await attempt()).statusCode);
    expect(statuses).toEqual([400, 400, 400, 429]);
    const refused = await attempt();
    expect(refused.json()).toEqual({ error: "slow_down", error_description: "too many requests" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.headers["cache-control"]).toBe("no-store");
  });

  it("when somebody uses up a service's name from another address, then the service still gets its tokens", async () => {
    const thief = newAddress();
    const ask = (from: string, secret: string) =>
      postToken(
        auth,
        { grant_type: "client_credentials", client_id: "order", client_secret: secret },
        { "x-forwarded-for": from },
      );
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) statuses.push((await ask(thief, "wrong")).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
    expect((await ask(newAddress(), settings.ORDER_CLIENT_SECRET)).statusCode).toBe(200);
  });

  it("when a client invents a name each time, then it is one client; and all names of one address have a limit", async () => {
    const from = newAddress();
    const renew = (client: string, at: string) =>
      postToken(
        auth,
        { grant_type: "refresh_token", refresh_token: "none", client_id: client },
        { "x-forwarded-for": at },
      );
    const statusesOf = async (clients: readonly string[], at: string) => {
      const statuses: number[] = [];
      for (const client of clients) statuses.push((await renew(client, at)).statusCode);
      return statuses;
    };
    const invented = Array.from({ length: 8 }, (_, at) => `client-${at}`);
    expect(await statusesOf(invented, from)).toEqual([400, 400, 400, 400, 400, 400, 429, 429]);
    const shop = newAddress();
    const known = [...Array(6).fill("web"), ...Array(6).fill("device")];
    expect(await statusesOf(known, shop)).toEqual([...Array(10).fill(400), 429, 429]);
    const service = {
      grant_type: "client_credentials",
      client_id: "order",
      client_secret: settings.ORDER_CLIENT_SECRET,
    };
    expect((await postToken(auth, service, { "x-forwarded-for": shop })).statusCode).toBe(200);
  });

  it("when a client has a whole IPv6 network, then it is one client, and IPv4 written as IPv6 is IPv4", async () => {
    const visit = async (from: string) => (await post("/customers/anonymous", from)).statusCode;
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push(await visit(`2001:db8:7:7::${count}`));
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
    expect(await visit("2001:db8:7:8::1")).toBe(201);
    const from = newAddress();
    for (let count = 0; count < 5; count += 1) await visit(from);
    expect(await visit(`::ffff:${from}`)).toBe(429);
  });

  it("when a CPF was used up from outside, then its guest is still recognised at the totem", async () => {
    const cpf = freshCpf();
    for (let count = 0; count < 3; count += 1) {
      await post("/customers/identify", newAddress(), { payload: { cpf } });
    }
    expect((await post("/customers/identify", newAddress(), { payload: { cpf } })).statusCode).toBe(429);
    const { token } = await pairDevice(auth);
    const atTotem = await post("/customers/identify", newAddress(), { payload: { cpf }, token });
    expect(atTotem.statusCode).toBe(404);
    expect(atTotem.headers["ratelimit-policy"]).toContain('"identify-cpf-device";q=5;w=60');
  });

  it("when a guest tries which e-mails are taken by correcting theirs, then as few answers come as to who registers", async () => {
    const from = newAddress();
    const { id, token } = await registerGuest(auth);
    const correct = async (payload: object) =>
      (
        await auth.app.inject({
          method: "PATCH",
          url: `/customers/${id}`,
          headers: { "x-forwarded-for": from, ...bearer(token) },
          payload,
        })
      ).statusCode;
    const emails = Array.from({ length: 3 }, () => ({ email: registration().email }));
    expect([await correct(emails[0] ?? {}), await correct(emails[1] ?? {})]).toEqual([200, 200]);
    expect(await correct(emails[2] ?? {})).toBe(429);
    expect(await correct({ name: "Ana Clara" })).toBe(200);
    const registering = await post("/customers/register", from, { payload: registration() });
    expect(registering.statusCode).toBe(429);
  });

  it("when an administrator looks up many people, then the look-ups of that one end", async () => {
    const token = await signToken(auth, { role: "admin" });
    const look = () => post("/customers/search", newAddress(), { payload: { cpf: freshCpf() }, token });
    expect([(await look()).statusCode, (await look()).statusCode, (await look()).statusCode]).toEqual([404, 404, 429]);
    const other = await signToken(auth, { role: "admin" });
    const answer = await post("/customers/search", newAddress(), { payload: { cpf: freshCpf() }, token: other });
    expect(answer.statusCode).toBe(404);
  });
});
