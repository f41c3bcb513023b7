import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, bearer, post, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

describe("create-anonymous-customer", () => {
  it("when a guest begins a visit with nothing, then they get an id and a token, and are written down", async () => {
    const answer = await post(auth, "/customers/anonymous");
    expect(answer.statusCode).toBe(201);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { customer, access_token: token, ...rest } = answer.json();
    expect(rest).toEqual({ token_type: "bearer", expires_in: 3600 });
    expect(Object.keys(customer)).toEqual(["id"]);
    const seen = await auth.app.inject({ url: "/auth", headers: bearer(token) });
    expect(seen.json()).toMatchObject({ id: customer.id, level: "anonymous", scope: "customer:anonymous" });
    const { rows } = await auth.database.pool.query("select role, level, name, email_index from people where id = $1", [
      customer.id,
    ]);
    expect(rows).toEqual([{ role: "customer", level: "anonymous", name: null, email_index: null }]);
  });

  it.each(["/customers/anonymous/", "/customer/anonymous", "/customer/anonymous/", "/customer/anonymous?"])(
    "when the address is written %s, then it is the same",
    async (url) => {
      expect((await post(auth, url)).statusCode).toBe(201);
    },
  );

  it("when the body is an empty object, or empty though called JSON, then it is as good as none", async () => {
    for (const payload of ["{}", ""]) {
      const answer = await auth.app.inject({
        method: "POST",
        url: "/customers/anonymous",
        headers: { "content-type": "application/json" },
        payload,
      });
      expect(answer.statusCode).toBe(201);
    }
  });

  it.each([
    ['{"name":"Ana"}', "application/json", 422],
    ["[]", "application/json", 422],
    ["{", "application/json", 400],
    ['{"__proto__":{}}', "application/json", 400],
    ["name=Ana", "application/x-www-form-urlencoded", 415],
  ])("when the body is %s as %s, then %i", async (payload, type, status) => {
    const answer = await auth.app.inject({
      method: "POST",
      url: "/customers/anonymous",
      headers: { "content-type": type },
      payload,
    });
    expect(answer.statusCode).toBe(status);
  });

  it("when two hundred begin at once, then each is somebody else", async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(auth, "/customers/anonymous")));
    expect(new Set(answers.map((answer) => answer.json().customer.id)).size).toBe(200);
  });
});
