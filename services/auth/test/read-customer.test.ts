import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, registerGuest } from "./builders.ts";
import { type Auth, bearer, post, postToken, signToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const read = (id: string, token: string) =>
  auth.app.inject({ url: `/customers/${id}`, headers: { ...bearer(token), "x-request-id": "request-0001" } });

describe("read-customer", () => {
  it("when somebody reads themselves, then they see what is held, the CPF masked", async () => {
    const { id, sent, token } = await registerGuest(auth);
    const answer = await read(id, token);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toMatchObject({ id, name: "Ana Souza", email: sent.email, level: "registered" });
    expect(answer.body).not.toContain(sent.cpf);
    expect((await read(id.toUpperCase(), token)).statusCode).toBe(200);
  });

  it("when staff read themselves, or an administrator reads anybody, then they may", async () => {
    const { id, sent } = await hireStaff(auth, { role: "kitchen" });
    const own = (await postToken(auth, { username: sent.email, password: sent.password })).json().access_token;
    expect((await read(id, own)).json()).toMatchObject({ id, role: "kitchen" });
    expect((await read(id, await signToken(auth, { role: "admin" }))).statusCode).toBe(200);
  });

  it("when the guest only typed a CPF, then even their own entry shows the first name alone", async () => {
    const { id, sent } = await registerGuest(auth, { name: "Bia Ramos" });
    const identified = await post(auth, "/customers/identify", { payload: { cpf: sent.cpf } });
    const answer = await read(id, identified.json().access_token);
    expect(answer.json()).toMatchObject({ id, name: "Bia", email: null, cpf: null });
    expect(answer.body).not.toContain("Ramos");
  });

  // Object-level protection (style E7): a difference of one byte would tell who exists.
  it("when the id is somebody else's, then the answer is byte for byte that of a missing one", async () => {
    const { id: other } = await registerGuest(auth);
    const { token: guest } = await registerGuest(auth);
    const cashier = await signToken(auth, { role: "cashier" });
    const missing = "01940000-0000-7000-8000-000000000000";
    for (const token of [guest, cashier]) {
      const [theirs, nobodys] = await Promise.all([read(other, token), read(missing, token)]);
      expect(theirs.statusCode).toBe(404);
      expect(theirs.body.replaceAll(other, missing)).toBe(nobodys.body);
      const headersOf = ({ headers }: typeof theirs) => ({ ...headers, date: "" });
      expect(headersOf(theirs)).toEqual(headersOf(nobodys));
    }
    expect((await read(missing, await signToken(auth, { role: "admin" }))).body).toBe(
      (await read(missing, guest)).body,
    );
  });

  it.each(["not-an-id", "%00", "..%2f..%2fetc", "a%2fb", "1"])("when the id is %s, then 404", async (id) => {
    const answer = await read(id, await signToken(auth, { role: "admin" }));
    expect(answer.statusCode).toBe(404);
  });
});
