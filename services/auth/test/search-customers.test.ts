import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCpf, hireStaff, registerGuest } from "./builders.ts";
import { type Auth, post, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let token: string;
beforeAll(async () => {
  auth = await startAuth();
  token = await signToken(auth, { role: "admin" });
});
afterAll(() => auth.close());

const search = (payload: unknown) => post(auth, "/customers/search", { payload, token });

describe("search-customers", () => {
  it("when a CPF or an e-mail is known, then its person comes, guest or staff, the CPF masked", async () => {
    const guest = await registerGuest(auth);
    const staff = await hireStaff(auth);
    for (const { id, sent } of [guest, staff]) {
      for (const payload of [{ cpf: sent.cpf }, { email: sent.email.toUpperCase() }]) {
        const answer = await search(payload);
        expect(answer.statusCode).toBe(200);
        expect(answer.json()).toMatchObject({ id, email: sent.email });
        expect(answer.body).not.toContain(sent.cpf);
      }
    }
  });

  it("when nobody has it, then 404", async () => {
    for (const payload of [{ cpf: freshCpf() }, { email: "ninguem@exemplo.com.br" }]) {
      const answer = await search(payload);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().code).toBe("not-found");
    }
  });

  it.each([
    ["nothing", {}],
    ["both", { cpf: "52998224725", email: "ana@exemplo.com.br" }],
    ["a name", { name: "Ana" }],
    ["a wrong CPF", { cpf: "52998224726" }],
    ["no e-mail", { email: "ana@@exemplo" }],
    ["an operator", { email: { $ne: "" } }],
  ])("when %s is searched for, then 422", async (_what, payload) => {
    expect((await search(payload)).statusCode).toBe(422);
  });
});
