import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetOld } from "../src/use-cases/privacy-jobs.ts";
import { hireStaff, registerGuest } from "./builders.ts";
import { post, postToken, signToken } from "./harness.ts";
import { type PrivacyHarness, startPrivacyHarness } from "./privacy-harness.ts";

let harness: PrivacyHarness;
beforeAll(async () => {
  harness = await startPrivacyHarness();
});
beforeEach(() => harness.others.away.clear());
afterAll(() => harness.close());

const read = (id: string, token: string) => harness.call("GET", `/customers/${id}/export`, { token });

describe("export-customer", () => {
  it("when somebody asks, then they get what every service holds of them, their CPF in full", async () => {
    const { id, sent, token } = await registerGuest(harness.auth);
    await postToken(harness.auth, { username: sent.email, password: sent.password });
    harness.others.held.set(id, { orders: [{ id: "o1", customer_name: "Ana" }], payments: [{ id: "p1" }] });
    const answer = await read(id, token);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-disposition": 'attachment; filename="meus-dados.json"',
    });
    expect(answer.json()).toMatchObject({
      person: { id, name: "Ana Souza", email: sent.email, cpf: sent.cpf, has_password: true, email_verified_at: null },
      consents: [{ purpose: "recognition", given: true }],
      sessions: [{ ended_at: null }],
      orders: [{ id: "o1", customer_name: "Ana" }],
      payments: [{ id: "p1" }],
    });
    for (const secret of ["argon2", sent.password, "sealed"]) expect(answer.body).not.toContain(secret);
  });

  // docs/adr/0029
  it("when somebody typed the CPF of an account at a totem, then the shop's export holds the order, the account's does not", async () => {
    const { id, token } = await registerGuest(harness.auth);
    harness.others.held.set(id, { orders: [], payments: [] });
    harness.others.held.set(`${id}?recognised=true`, { orders: [{ id: "by-cpf" }], payments: [] });
    expect((await read(id, token)).json().orders).toEqual([]);
    const admin = await signToken(harness.auth, { role: "admin" });
    expect((await read(id, admin)).json().orders).toEqual([{ id: "by-cpf" }]);
  });

  it("when somebody signed in and an administrator looked, then both are told, with the address of their own act alone", async () => {
    const { id, sent, token } = await registerGuest(harness.auth);
    await postToken(harness.auth, { username: sent.email, password: sent.password });
    const admin = newId();
    await read(id, await signToken(harness.auth, { role: "admin", subject: admin }));
    const answer = await read(id, token);
    expect(answer.json().audit).toMatchObject([
      { action: "sign-in", outcome: "ok", by: "self", address: "127.0.0.1" },
      { action: "export-customer", outcome: "ok", by: "house", address: null },
    ]);
    expect(answer.body).not.toContain(admin);
  });

  it("when an administrator asks, then the CPF is masked; staff get their own", async () => {
    const { id, sent } = await registerGuest(harness.auth);
    const admin = await read(id, await signToken(harness.auth, { role: "admin" }));
    expect(admin.json().person.cpf).toMatch(/^\*\*\*\.\d{3}\.\d{3}-\*\*$/);
    expect(admin.body).not.toContain(sent.cpf);
    const cashier = await hireStaff(harness.auth);
    const own = await read(cashier.id, await signToken(harness.auth, { role: "cashier", subject: cashier.id }));
    expect(own.json().person.cpf).toBe(cashier.sent.cpf);
  });

  it("when all that is known is a CPF, then 401 asks for proof; of somebody else or nobody, 404", async () => {
    const { id, cpfToken } = await harness.identified();
    const { token } = await registerGuest(harness.auth);
    expect((await read(id, cpfToken)).json().code).toBe("verification-needed");
    expect((await read(id, token)).statusCode).toBe(404);
    const admin = await signToken(harness.auth, { role: "admin" });
    for (const bad of [newId(), "x", "%00"]) expect((await read(bad, admin)).statusCode).toBe(404);
  });

  it.each(["order", "payment"])("when %s is away, then 503 and no half export", async (service) => {
    const { id, token } = await registerGuest(harness.auth);
    harness.others.away.add(service);
    const answer = await read(id, token);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBeTruthy();
    expect(answer.body).not.toContain("Ana");
  });
});

// reliability OP-64
describe("what auth forgets by itself", () => {
  it("when a day is over, then anonymous guests and codes are gone, registered guests not", async () => {
    const visit = (await post(harness.auth, "/customers/anonymous")).json();
    const guest = await harness.identified();
    await harness.call("POST", `/customers/${guest.id}/verification`, { token: guest.cpfToken });
    const count = async (table: string, column: string, id: string) =>
      (await harness.auth.database.pool.query(`select from ${table} where ${column} = $1`, [id])).rowCount;
    const now = harness.clock.now().getTime();
    const at = (hours: number) => forgetOld(harness.auth.people, new Date(now + hours * 3_600_000));
    await at(23);
    expect(await count("people", "id", visit.customer.id)).toBe(1);
    await at(25);
    expect(await count("people", "id", visit.customer.id)).toBe(0);
    expect(await count("verifications", "person_id", guest.id)).toBe(0);
    expect(await count("people", "id", guest.id)).toBe(1);
  });

  it("when forty days are over, then a receipt no longer says whom it was about; after five years it is gone", async () => {
    const { id, token } = await registerGuest(harness.auth);
    const { id: receiptId } = (await harness.call("DELETE", `/customers/${id}`, { token })).json();
    const { pool } = harness.auth.database;
    await pool.query("update erasures set order_erased_at = now(), payment_erased_at = now() where id = $1", [
      receiptId,
    ]);
    const after = async (days: number) => {
      await forgetOld(harness.auth.people, new Date(harness.clock.now().getTime() + days * 86_400_000));
      return (await pool.query("select person_id from erasures where id = $1", [receiptId])).rows;
    };
    expect(await after(39)).toEqual([{ person_id: id }]);
    expect(await after(41)).toEqual([{ person_id: null }]);
    expect(await after(5 * 365 + 1)).toEqual([]);
  });
});
