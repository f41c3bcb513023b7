import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCpf, hireStaff, registerGuest } from "./builders.ts";
import { type Auth, post, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const identify = (payload: unknown) => post(auth, "/customers/identify", { payload });

describe("identify-customer", () => {
  it("when the CPF is known, in either form, then the answer is the first name and a token of level identified", async () => {
    const { id } = await registerGuest(auth, { name: "Ana Clara Souza", cpf: "52998224725" });
    for (const cpf of ["52998224725", "529.982.247-25"]) {
      const answer = await identify({ cpf });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["cache-control"]).toBe("no-store");
      const { access_token: token, ...rest } = answer.json();
      expect(rest).toEqual({ customer: { id, name: "Ana" }, token_type: "bearer", expires_in: 3600 });
      expect(decodeJwt(token)).toMatchObject({ sub: id, role: "customer", level: "identified" });
    }
  });

  it("when somebody identifies twice, then each token is a session of its own", async () => {
    const { sent } = await registerGuest(auth);
    const sessions = await Promise.all(
      [1, 2].map(async () => decodeJwt((await identify({ cpf: sent.cpf })).json().access_token).jti),
    );
    expect(sessions[0]).not.toBe(sessions[1]);
  });

  it("when nobody has the CPF, then 404", async () => {
    const answer = await identify({ cpf: freshCpf() });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe("cpf-unknown");
  });

  // The administrator's CPF must not turn into the administrator's name, nor into a token with their id.
  it("when the CPF belongs to staff, then the answer is that of an unknown one", async () => {
    const { sent } = await hireStaff(auth);
    expect((await identify({ cpf: sent.cpf })).json().code).toBe("cpf-unknown");
  });

  it.each([
    ["wrong check digits", { cpf: "52998224726" }],
    ["repeated digits", { cpf: "111.111.111-11" }],
    ["another form", { cpf: "529 982 247 25" }],
    ["a number", { cpf: 52_998_224_725 }],
    ["a list", { cpf: ["52998224725"] }],
    ["nothing", {}],
    ["more than a CPF", { cpf: "52998224725", email: "ana@exemplo.com.br" }],
  ])("when the body holds %s, then 422", async (_what, payload) => {
    expect((await identify(payload)).statusCode).toBe(422);
  });
});
