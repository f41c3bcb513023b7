import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCpf, hireStaff, registerGuest, registration } from "./builders.ts";
import { post, postToken, signToken } from "./harness.ts";
import { type PrivacyHarness, startPrivacyHarness } from "./privacy-harness.ts";

let harness: PrivacyHarness;
beforeAll(async () => {
  harness = await startPrivacyHarness();
});
afterAll(() => harness.close());

const correct = (id: string, token: string, payload: unknown) =>
  harness.call("PATCH", `/customers/${id}`, { token, payload });

describe("correct-customer", () => {
  it("when somebody corrects name and e-mail, then that is what is read and signed in with", async () => {
    const { id, sent, token } = await registerGuest(harness.auth);
    const { email } = registration();
    const answer = await correct(id, token, { name: " Ana Clara ", email: email.toUpperCase() });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toMatchObject({ id, name: "Ana Clara", email });
    const signIn = (username: string) => postToken(harness.auth, { username, password: sent.password });
    expect((await signIn(email)).statusCode).toBe(200);
    expect((await signIn(sent.email)).statusCode).toBe(400);
  });

  it("when somebody changes the e-mail, then the former one is told; for another field, or by an administrator, not", async () => {
    const { id, sent, token } = await registerGuest(harness.auth);
    const before = (await harness.letters()).length;
    await correct(id, token, { name: "Ana Clara" });
    await correct(id, token, { email: sent.email });
    await correct(id, await signToken(harness.auth, { role: "admin" }), { email: registration().email });
    const former = registration().email;
    await correct(id, await signToken(harness.auth, { role: "admin" }), { email: former });
    await correct(id, token, { email: registration().email });
    const letters = await waitFor(async () => {
      const all = await harness.letters();
      return all.length > before ? all.slice(before) : null;
    });
    expect(letters).toHaveLength(1);
    expect(letters[0]).toContain(`Para: ${former}`);
    expect(letters[0]).toContain("foi trocado");
  });

  it("when the e-mail or the CPF is somebody's, then 409 and nothing changes", async () => {
    const [ana, bia] = [await registerGuest(harness.auth), await registerGuest(harness.auth, { cpf: undefined })];
    for (const [taken, code] of [
      [{ email: ana.sent.email }, "email-taken"],
      [{ cpf: ana.sent.cpf }, "cpf-taken"],
    ] as const) {
      const answer = await correct(bia.id, bia.token, { name: "Outra", ...taken });
      expect([answer.statusCode, answer.json().code]).toEqual([409, code]);
    }
    const read = await harness.call("GET", `/customers/${bia.id}`, { token: bia.token });
    expect(read.json()).toMatchObject({ name: "Ana Souza", email: bia.sent.email, cpf: null });
  });

  it("when there is no CPF yet, then one is added; then it stays, but for an administrator", async () => {
    const { id, token } = await registerGuest(harness.auth, { cpf: undefined });
    const cpf = freshCpf();
    expect((await correct(id, token, { cpf })).statusCode).toBe(200);
    expect((await post(harness.auth, "/customers/identify", { payload: { cpf } })).statusCode).toBe(200);
    expect((await correct(id, token, { cpf })).statusCode).toBe(200);
    const other = freshCpf();
    expect((await correct(id, token, { cpf: other })).json().code).toBe("cpf-fixed");
    const admin = await signToken(harness.auth, { role: "admin" });
    expect((await correct(id, admin, { cpf: other })).statusCode).toBe(200);
    expect((await post(harness.auth, "/customers/identify", { payload: { cpf: other } })).statusCode).toBe(200);
    expect((await post(harness.auth, "/customers/identify", { payload: { cpf } })).statusCode).toBe(404);
  });

  it("when all that is known is a CPF, then 401 asks for proof; somebody else, anonymous or staff may not", async () => {
    const { id, cpfToken } = await harness.identified();
    expect((await correct(id, cpfToken, { name: "X" })).json().code).toBe("verification-needed");
    const other = await registerGuest(harness.auth);
    expect((await correct(id, other.token, { name: "X" })).statusCode).toBe(404);
    const visit = (await post(harness.auth, "/customers/anonymous")).json();
    expect((await correct(visit.customer.id, visit.access_token, { name: "X" })).statusCode).toBe(403);
    const staff = await hireStaff(harness.auth);
    const cashier = await signToken(harness.auth, { role: "cashier", subject: staff.id });
    expect((await correct(staff.id, cashier, { name: "X" })).statusCode).toBe(403);
  });

  it.each([
    ["nothing", {}],
    ["a role", { role: "admin" }],
    ["a level", { level: "registered" }],
    ["a password", { password: "outra senha boa" }],
    ["an empty name", { name: " " }],
    ["a name that turns the text around", { name: "Ana\u202e" }],
    ["an e-mail that is none", { email: "ana@x" }],
    ["a CPF whose digits do not fit", { cpf: "52998224726" }],
    ["a name that is null", { name: null }],
    ["a list", []],
  ])("when the body holds %s, then 422", async (_what, payload) => {
    const { id, token } = await registerGuest(harness.auth);
    expect((await correct(id, token, payload)).statusCode).toBe(422);
  });
});

describe("consents", () => {
  const path = (id: string) => `/customers/${id}/consents`;

  it("when somebody registers, then that stands first in their ledger, with the words they saw", async () => {
    const { id, token } = await registerGuest(harness.auth);
    const { items, ledger } = (await harness.call("GET", path(id), { token })).json();
    expect(ledger).toMatchObject([{ purpose: "recognition", version: "2026-11", given: true, how: "register" }]);
    expect(items).toMatchObject([
      { purpose: "recognition", given: true, text: expect.stringContaining("reconhecer") },
      { purpose: "marketing", given: false },
    ]);
  });

  it("when being recognised is taken back, then the CPF recognises nobody, until it is given again", async () => {
    const { id, sent, token } = await registerGuest(harness.auth);
    const say = (given: boolean) =>
      harness.call("POST", path(id), { token, payload: { purpose: "recognition", given } });
    const identify = async () =>
      (await post(harness.auth, "/customers/identify", { payload: { cpf: sent.cpf } })).statusCode;
    expect((await say(false)).statusCode).toBe(201);
    expect(await identify()).toBe(404);
    await say(true);
    expect(await identify()).toBe(200);
    const { ledger } = (await harness.call("GET", path(id), { token })).json();
    expect(ledger.map(({ given, how }: { given: boolean; how: string }) => `${given} ${how}`)).toEqual([
      "true register",
      "false self",
      "true self",
    ]);
  });

  it("when anybody at all would alter the ledger, then the database refuses", async () => {
    const { id } = await registerGuest(harness.auth);
    const { pool } = harness.auth.database;
    await expect(pool.query("update consents set is_given = false where person_id = $1", [id])).rejects.toThrow();
    await expect(pool.query("delete from consents where person_id = $1", [id])).rejects.toThrow();
    for (const emptying of ["truncate consents", "truncate people cascade"]) {
      await expect(pool.query(emptying)).rejects.toThrow("consents are only ever added to");
    }
  });

  it("when it is somebody else's, unproven, or not what can be agreed to, then it is refused", async () => {
    const { id, cpfToken, token } = await harness.identified();
    const other = await registerGuest(harness.auth);
    const payload = { purpose: "marketing", given: true };
    expect((await harness.call("POST", path(id), { token: cpfToken, payload })).statusCode).toBe(401);
    expect((await harness.call("POST", path(id), { token: other.token, payload })).statusCode).toBe(404);
    expect((await harness.call("GET", path(id), { token: other.token })).statusCode).toBe(404);
    for (const bad of [
      {},
      { purpose: "spam", given: true },
      { purpose: "marketing", given: "true" },
      { ...payload, at: "x" },
    ]) {
      expect((await harness.call("POST", path(id), { token, payload: bad })).statusCode).toBe(422);
    }
  });
});
