import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCpf, hireStaff, registerGuest, registration } from "./builders.ts";
import { type Auth, post, postToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const register = (payload: unknown) => post(auth, "/customers/register", { payload });

describe("register-customer", () => {
  it("when a guest registers, then they are known, have a token, and the CPF is masked", async () => {
    const answer = await register(
      registration({ name: "  Ana Souza ", email: "Ana@Exemplo.com.br", cpf: "529.982.247-25" }),
    );
    expect(answer.statusCode).toBe(201);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { customer, access_token: token, ...rest } = answer.json();
    expect(rest).toEqual({ token_type: "bearer", expires_in: 3600 });
    expect(customer).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      role: "customer",
      level: "registered",
      name: "Ana Souza",
      email: "ana@exemplo.com.br",
      cpf: "***.982.247-**",
      created_at: expect.stringMatching(/Z$/),
    });
    expect(decodeJwt(token)).toMatchObject({ sub: customer.id, level: "registered" });
  });

  it("when it is stored, then neither e-mail, CPF nor password can be read in the database", async () => {
    const { sent, id } = await registerGuest(auth);
    const { rows } = await auth.database.pool.query("select p::text as text, p.* from people p where id = $1", [id]);
    const [row] = rows;
    const everything = [
      row.text,
      ...[row.email_sealed, row.cpf_sealed].map((bytes) => bytes.toString("latin1")),
    ].join();
    for (const secret of [sent.email, sent.cpf, sent.password]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString("hex"));
    }
    expect(row.consented_at).toBeInstanceOf(Date);
  });

  it("when CPF and password are left out, then the guest is known but cannot sign in", async () => {
    const { sent } = await registerGuest(auth, { cpf: undefined, password: undefined });
    expect((await postToken(auth, { username: sent.email, password: "um pastel de queijo" })).statusCode).toBe(400);
  });

  it("when the e-mail is taken, in whatever letter case, then 409", async () => {
    const { sent } = await registerGuest(auth);
    const answer = await register(registration({ email: sent.email.toUpperCase() }));
    expect(answer.statusCode).toBe(409);
    expect(answer.json().code).toBe("email-taken");
  });

  it("when the CPF is taken, in whatever form, by whomever, then 409", async () => {
    const guest = await registerGuest(auth);
    const digits = guest.sent.cpf;
    const dotted = digits.replace(/^(...)(...)(...)(..)$/, "$1.$2.$3-$4");
    const staff = await hireStaff(auth);
    for (const cpf of [digits, dotted, staff.sent.cpf]) {
      const answer = await register(registration({ cpf }));
      expect(answer.statusCode).toBe(409);
      expect(answer.json()).toMatchObject({ code: "cpf-taken", title: "CPF já cadastrado" });
    }
  });

  // Protects the one-person-one-account rule against the race that a look-up before the insert would lose.
  it.each(["cpf", "email"] as const)(
    "when twenty register with one %s at once, then exactly one gets in",
    async (field) => {
      const same = field === "cpf" ? { cpf: freshCpf() } : { email: "corrida@exemplo.com.br" };
      const answers = await Promise.all(Array.from({ length: 20 }, () => register(registration(same))));
      const statuses = answers.map((answer) => answer.statusCode).sort();
      expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
      const refused = answers.filter((answer) => answer.statusCode === 409);
      expect(refused.every((answer) => answer.json().code === `${field}-taken`)).toBe(true);
    },
  );

  it.each([
    ["consent is missing", { consent: undefined }, "/consent"],
    ["consent is not given", { consent: false }, "/consent"],
    ["consent is a text", { consent: "true" }, "/consent"],
    ["the name is missing", { name: undefined }, "/name"],
    ["the name is blank", { name: "   " }, "/name"],
    ["the name turns the text around", { name: "Ana\u202e" }, "/name"],
    ["the name forges a log line", { name: 'x\n{"level":30}' }, "/name"],
    ["the e-mail is none", { email: "ana@exemplo" }, "/email"],
    ["the e-mail carries a header", { email: "a@b.com\r\nBcc: x@y.z" }, "/email"],
    ["the CPF has wrong check digits", { cpf: "529.982.247-26" }, "/cpf"],
    ["the CPF is half masked", { cpf: "529982247-25" }, "/cpf"],
    ["the CPF is a number", { cpf: 52_998_224_725 }, "/cpf"],
    ["the CPF is null", { cpf: null }, "/cpf"],
    ["the password is short", { password: "1234567" }, "/password"],
    ["the password is long", { password: "x".repeat(129) }, "/password"],
    ["the password is common", { password: "senha123" }, "/password"],
    ["the password names the product", { password: "comanda-2026" }, "/password"],
    ["the password has a control character", { password: "uma\u0000senha boa" }, "/password"],
    ["a role is asked for", { role: "admin" }, "/role"],
    ["a level is asked for", { level: "registered" }, "/level"],
  ])("when %s, then 422 names the field", async (_what, difference, path) => {
    const answer = await register(registration(difference));
    expect(answer.statusCode).toBe(422);
    expect(answer.json().code).toBe("validation-failed");
    expect(answer.json().errors.map((fault: { path: string }) => fault.path)).toContain(path);
  });

  it("when several personal fields are wrong, then all are named, in the language asked for", async () => {
    const payload = JSON.stringify(registration({ email: "ana@x", cpf: "11111111111", password: "password" }));
    const headers = { "content-type": "application/json", "accept-language": "en" };
    const answer = await auth.app.inject({ method: "POST", url: "/customers/register", headers, payload });
    expect(answer.json().errors).toEqual([
      { path: "/email", message: "is not an e-mail address" },
      { path: "/cpf", message: "the check digits do not fit" },
      { path: "/password", message: "is easy to guess; choose another" },
    ]);
  });
});
