import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eraseReturned } from "../src/use-cases/repeat-erasures.ts";
import { hireStaff, registerGuest } from "./builders.ts";
import { post, postToken, signToken, startAuth } from "./harness.ts";
import { type PrivacyHarness, startPrivacyHarness } from "./privacy-harness.ts";

let harness: PrivacyHarness;
beforeAll(async () => {
  harness = await startPrivacyHarness();
});
beforeEach(() => {
  harness.others.outcomes.clear();
  harness.others.away.clear();
});
afterAll(() => harness.close());

const erase = (id: string, token: string) => harness.call("DELETE", `/customers/${id}`, { token });
const receipt = async (id: string) => (await harness.call("GET", `/customers/erasures/${id}`)).json();
const isDone = (id: string) =>
  waitFor(async () => ((await receipt(id)).status === "done" ? true : null), { timeoutMs: 20_000 });

describe("erase-customer", () => {
  it("when somebody erases themselves, then they are gone from every table and every service, and have a receipt", async () => {
    const { auth } = harness;
    const { id, sent, token } = await registerGuest(auth);
    const pair = (await postToken(auth, { username: sent.email, password: sent.password })).json();
    const answer = await erase(id, token);
    expect(answer.statusCode).toBe(202);
    const { id: receiptId, services } = answer.json();
    expect(answer.headers["location"]).toBe(`/customers/erasures/${receiptId}`);
    expect(services[0]).toMatchObject({ service: "auth", erased_at: expect.stringMatching(/Z$/) });
    await isDone(receiptId);
    expect(
      harness.others.heard
        .filter(({ customerId }) => customerId === id)
        .map(({ service }) => service)
        .sort(),
    ).toEqual(["order", "payment"]);

    // Every session is over at once, and nothing signs in or renews.
    for (const dead of [token, pair.access_token]) {
      expect((await harness.call("GET", "/auth", { token: dead })).statusCode).toBe(401);
    }
    const renewal = { grant_type: "refresh_token", refresh_token: pair.refresh_token };
    expect((await postToken(auth, renewal)).json().error).toBe("invalid_grant");
    const signIn = await postToken(auth, { username: sent.email, password: sent.password });
    expect(signIn.json().error).toBe("invalid_grant");
    expect((await post(auth, "/customers/identify", { payload: { cpf: sent.cpf } })).statusCode).toBe(404);
    const admin = await signToken(auth, { role: "admin" });
    expect((await harness.call("GET", `/customers/${id}`, { token: admin })).statusCode).toBe(404);

    const index = auth.people.personalData.index("cpf", sent.cpf).toString("hex");
    for (const table of ["people", "sessions", "refresh_tokens", "consents", "verifications"]) {
      const { rows } = await auth.database.pool.query(`select t::text as text from ${table} t`);
      const text = rows.map((row) => String(row.text)).join("\n");
      expect(text.includes(id) || text.includes(index), table).toBe(false);
    }
  });

  it("when the same CPF and e-mail register again, then that is somebody new", async () => {
    const { id, sent, token } = await registerGuest(harness.auth);
    await erase(id, token);
    const again = await post(harness.auth, "/customers/register", { payload: sent });
    expect(again.statusCode).toBe(201);
    expect(again.json().customer.id).not.toBe(id);
  });

  it("when a service has something to finish first, or is away, then the receipt says so until it is done", async () => {
    const { id, token } = await registerGuest(harness.auth);
    harness.others.outcomes.set("payment", "retry");
    const { id: receiptId } = (await erase(id, token)).json();
    await waitFor(async () => ((await receipt(receiptId)).services[1].erased_at === null ? null : true));
    expect(await receipt(receiptId)).toMatchObject({
      status: "processing",
      done_at: null,
      services: [{}, {}, { erased_at: null }],
    });
    harness.others.outcomes.clear();
    harness.others.away.add("payment");
    harness.others.away.delete("payment");
    await isDone(receiptId);
  });

  it("when an anonymous guest asks, then they are erased like anybody", async () => {
    const visit = (await post(harness.auth, "/customers/anonymous")).json();
    expect((await erase(visit.customer.id, visit.access_token)).statusCode).toBe(202);
    expect((await harness.call("GET", "/auth", { token: visit.access_token })).statusCode).toBe(401);
  });

  // reliability AU-19: whoever reads a CPF off a receipt must not be able to erase its owner.
  it("when all that is known is a CPF, then 401 asks for proof and nothing happens", async () => {
    const { id, cpfToken, token } = await harness.identified();
    const answer = await erase(id, cpfToken);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="verified"',
    );
    expect(answer.json().code).toBe("verification-needed");
    expect((await harness.call("GET", `/customers/${id}`, { token })).statusCode).toBe(200);
  });

  it("when an administrator asks, then it is done; for an id that is nobody's, 404; a second time, 404", async () => {
    const admin = await signToken(harness.auth, { role: "admin" });
    const { id } = await registerGuest(harness.auth);
    expect((await erase(id, admin)).statusCode).toBe(202);
    expect((await erase(id, admin)).statusCode).toBe(404);
    expect((await erase(newId(), admin)).statusCode).toBe(404);
    for (const bad of ["x", "%00", "52998224725"]) expect((await erase(bad, admin)).statusCode).toBe(404);
  });

  it("when two administrators erase each other at once, then one is left", async () => {
    const admins = await Promise.all([
      hireStaff(harness.auth, { role: "admin" }),
      hireStaff(harness.auth, { role: "admin" }),
    ]);
    const token = await signToken(harness.auth, { role: "admin" });
    const statuses = await Promise.all(admins.map(async ({ id }) => (await erase(id, token)).statusCode));
    expect(statuses.sort()).toEqual([202, 409]);
  });

  // A token that was good a moment ago may have placed an order until order read the list of revocations again.
  it("when a minute has passed, then both services are told once more", async () => {
    const { pool } = harness.auth.database;
    const { id, token } = await registerGuest(harness.auth);
    const { id: receiptId } = (await erase(id, token)).json();
    await isDone(receiptId);
    const hasHeard = () => harness.others.heard.filter(({ customerId }) => customerId === id);
    expect(hasHeard()).toHaveLength(2);
    const { rows } = await pool.query(
      "select round(extract(epoch from available_at - created_at)) as seconds from outbox where subject = $1 order by seq",
      [id],
    );
    expect(Number(rows[1].seconds) - Number(rows[0].seconds)).toBeGreaterThan(30);
    await pool.query("update outbox set available_at = now() where subject = $1", [id]);
    await waitFor(() => hasHeard().length === 4, { timeoutMs: 20_000 });
    expect(new Set(hasHeard().map(({ erasureId }) => erasureId))).toEqual(new Set([receiptId]));
  });
});

// reliability OP-63
describe("after a backup", () => {
  /** The rows that a person leaves in these tables, and how to put them back. */
  async function backupOf(id: string) {
    const { pool } = harness.auth.database;
    const tables = { people: "id", sessions: "subject", consents: "person_id" };
    const saved = await Promise.all(
      Object.entries(tables).map(async ([table, column]) => {
        const { rows } = await pool.query(`select * from ${table} where ${column} = $1`, [id]);
        return { table, rows };
      }),
    );
    return async () => {
      for (const { table, rows } of saved) {
        for (const row of rows) {
          const places = Object.keys(row).map((_column, at) => `$${at + 1}`);
          await pool.query(`insert into ${table} (${Object.keys(row)}) values (${places})`, Object.values(row));
        }
      }
    };
  }
  const tracesOf = async (id: string) => {
    const { rows } = await harness.auth.database.pool.query(
      `select (select count(*) from people where id = $1)::int as people,
         (select count(*) from sessions where subject = $1)::int as sessions,
         (select count(*) from consents where person_id = $1)::int as consents`,
      [id],
    );
    return rows[0];
  };

  it("when it brings somebody back, then they are erased as the first time, and the others are told again", async () => {
    const { auth, others, clock } = harness;
    const { id, sent, token } = await registerGuest(auth);
    await postToken(auth, { username: sent.email, password: sent.password });
    const putBack = await backupOf(id);
    const { id: receiptId } = (await erase(id, token)).json();
    await isDone(receiptId);
    others.heard.length = 0;
    await putBack();
    expect(await tracesOf(id)).toEqual({ people: 1, sessions: 1, consents: 1 });
    expect(await eraseReturned({ people: auth.people, clock })).toBe(1);
    expect(await tracesOf(id)).toEqual({ people: 0, sessions: 0, consents: 0 });
    await auth.database.pool.query("update outbox set available_at = now() where subject = $1", [id]);
    const told = () => others.heard.filter(({ customerId }) => customerId === id).map(({ service }) => service);
    await waitFor(() => ["order", "payment"].every((service) => told().includes(service)), { timeoutMs: 20_000 });
    expect(await eraseReturned({ people: auth.people, clock })).toBe(0);
  });

  it("when sign-ins alone come back, then they are forgotten again", async () => {
    const { auth, clock } = harness;
    const { id, sent, token } = await registerGuest(auth);
    await postToken(auth, { username: sent.email, password: sent.password });
    const { rows } = await auth.database.pool.query("select * from sessions where subject = $1", [id]);
    await erase(id, token);
    const columns = Object.keys(rows[0]);
    const places = columns.map((_column, at) => `$${at + 1}`);
    await auth.database.pool.query(`insert into sessions (${columns}) values (${places})`, Object.values(rows[0]));
    expect(await eraseReturned({ people: auth.people, clock })).toBe(1);
    expect((await tracesOf(id)).sessions).toBe(0);
  });

  it("when it was order's or payment's, then a start with REPEAT_ERASURES tells them of everybody again, once", async () => {
    const { auth, others } = harness;
    const { id, token } = await registerGuest(auth);
    await isDone((await erase(id, token)).json().id);
    await auth.database.pool.query("update outbox set sent_at = now() where sent_at is null");
    others.heard.length = 0;
    const restarted = await startAuth({
      settings: { ...others.settings, REPEAT_ERASURES: true },
      route: async () => auth.database.url,
    });
    try {
      const told = () => others.heard.filter(({ customerId }) => customerId === id).map(({ service }) => service);
      await waitFor(() => ["order", "payment"].every((service) => told().includes(service)), { timeoutMs: 20_000 });
    } finally {
      await restarted.close();
    }
  });
});

describe("read-erasure", () => {
  it("when the receipt is no receipt, then 404; when it is, it names nobody", async () => {
    const { id, sent, token } = await registerGuest(harness.auth);
    const { id: receiptId } = (await erase(id, token)).json();
    const answer = await harness.call("GET", `/customers/erasures/${receiptId}`);
    for (const trace of [id, sent.email, sent.cpf, "Ana"]) expect(answer.body).not.toContain(trace);
    for (const bad of [newId(), id, "x"]) {
      expect((await harness.call("GET", `/customers/erasures/${bad}`)).statusCode).toBe(404);
    }
  });
});
