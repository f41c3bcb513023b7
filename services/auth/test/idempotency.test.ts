import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registration, staffMember } from "./builders.ts";
import { type Auth, bearer, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await signToken(auth, { role: "admin" });
});
afterAll(() => auth.close());

const key = (name: string) => `${name}-0123456789abcdef`;

const send = (url: string, body: unknown, headers: Record<string, string>) =>
  auth.app.inject({
    method: "POST",
    url,
    headers: { "content-type": "application/json", ...headers },
    payload: JSON.stringify(body),
  });

const countPeople = async () => Number((await auth.database.pool.query("select count(*) from people")).rows[0].count);

describe("a creating request with an Idempotency-Key", () => {
  const routes = [
    ["/customers/register", () => registration()],
    ["/customers/admin", () => staffMember()],
    ["/customers/anonymous", () => ({})],
  ] as const;

  it.each(routes)("when %s is repeated, then the first answer comes again, byte for byte", async (url, body) => {
    const sent = body();
    const headers = { ...bearer(admin), "idempotency-key": key(url) };
    const first = await send(url, sent, headers);
    expect(first.statusCode).toBe(201);
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
    const people = await countPeople();
    for (const again of [await send(url, sent, headers), await send(url, sent, headers)]) {
      expect(again.statusCode).toBe(201);
      expect(again.headers["idempotency-replayed"]).toBe("true");
      expect(again.body).toBe(first.body);
    }
    expect(await countPeople()).toBe(people);
  });

  it.each(routes)(
    "when %s comes ten times at once, then one person is made and all hear of the same",
    async (url, body) => {
      const sent = body();
      const headers = { ...bearer(admin), "idempotency-key": key(`${url}-race`) };
      const people = await countPeople();
      const answers = await Promise.all(Array.from({ length: 10 }, () => send(url, sent, headers)));
      expect(answers.map((answer) => answer.statusCode)).toEqual(Array.from({ length: 10 }, () => 201));
      expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
      expect(answers.filter((answer) => answer.headers["idempotency-replayed"] === undefined)).toHaveLength(1);
      expect(await countPeople()).toBe(people + 1);
    },
  );

  it("when the key comes with another body, then 422", async () => {
    const headers = { "idempotency-key": key("other-body") };
    const sent = registration();
    expect((await send("/customers/register", sent, headers)).statusCode).toBe(201);
    for (const difference of [{ name: "Outra Pessoa" }, { email: "outra@exemplo.com.br" }, { cpf: undefined }]) {
      const answer = await send("/customers/register", { ...sent, ...difference }, headers);
      expect(answer.statusCode).toBe(422);
      expect(answer.json().code).toBe("idempotency-key-reused");
    }
  });

  // The repeated answer holds a token: key, name, e-mail and CPF of somebody must not be enough to get it.
  it("when the key and all but the password are known, then 422 and no token", async () => {
    const headers = { "idempotency-key": key("stolen") };
    const sent = registration();
    await send("/customers/register", sent, headers);
    for (const password of ["outra senha longa", undefined]) {
      const answer = await send("/customers/register", { ...sent, password }, headers);
      expect(answer.json().code).toBe("idempotency-key-reused");
    }
  });

  it("when two senders use the same key, or one uses it on two routes, then each has their own", async () => {
    const headers = { "idempotency-key": key("same") };
    const [nobody, somebody] = await Promise.all([
      send("/customers/anonymous", {}, headers),
      send("/customers/anonymous", {}, { ...headers, ...bearer(admin) }),
    ]);
    expect(nobody.json().customer.id).not.toBe(somebody.json().customer.id);
    expect((await send("/customers/register", registration(), headers)).statusCode).toBe(201);
  });

  it("when a request was refused, then its key is free for the next try", async () => {
    const headers = { "idempotency-key": key("refused") };
    const taken = registration();
    await send("/customers/register", taken, {});
    expect((await send("/customers/register", taken, headers)).statusCode).toBe(409);
    expect((await send("/customers/register", registration(), headers)).statusCode).toBe(201);
  });

  it.each(["short", "", "x".repeat(256), "with spaces in the key", "ação-0123456789abcdef"])(
    "when the key on a public route is %j, then 422",
    async (bad) => {
      const answer = await send("/customers/anonymous", {}, { "idempotency-key": bad });
      expect(answer.statusCode).toBe(422);
      expect(answer.json().errors[0].path).toBe("/headers/idempotency-key");
    },
  );
});
