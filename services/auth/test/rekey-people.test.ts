import { randomBytes } from "node:crypto";
import { newId, ok } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCpf } from "../src/domain/cpf.ts";
import { parseEmail } from "../src/domain/email.ts";
import type { Person } from "../src/domain/person.ts";
import { findPerson, findPersonByCpf, findPersonByEmail, insertPerson, type People } from "../src/storage/people.ts";
import { replaceProfile } from "../src/storage/person-privacy.ts";
import { makePersonalData } from "../src/storage/personal-data.ts";
import { listPeopleToRekey } from "../src/storage/rekey-people.ts";
import { countUnderOtherKey, rekeyPeople } from "../src/use-cases/rekey-people.ts";
import { registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, post, settings, signToken, startAuth } from "./harness.ts";
import { sealAsBefore } from "./old-sealing.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const NEXT = randomBytes(32).toString("base64");
const log = { error: () => undefined };
const under = (current: string, previous?: string): People => ({
  db: auth.people.db,
  personalData: makePersonalData({ current, previous }),
});

function cpfOf(text: string) {
  const cpf = parseCpf(text);
  if (!cpf.ok) throw new TypeError("the builder makes good ones");
  return cpf.value;
}
function emailOf(text: string) {
  const email = parseEmail(text);
  if (!email.ok) throw new TypeError("the builder makes good ones");
  return email.value;
}

async function rowOf(id: string) {
  const { rows } = await auth.database.pool.query("select * from people where id = $1", [id]);
  return rows[0];
}

describe("changing the master key", () => {
  it("when the key changes, then everybody is found and read before, while and after, and the old key is not needed", async () => {
    const guests = await Promise.all(Array.from({ length: 30 }, () => registerGuest(auth)));
    const changing = under(NEXT, settings.PERSONAL_DATA_KEY);
    const readAll = async (people: People) => {
      for (const { id, sent } of guests) {
        expect((await findPerson(people, id))?.profile?.email.reveal()).toBe(sent.email);
        expect((await findPersonByCpf(people, cpfOf(sent.cpf)))?.id).toBe(id);
        expect((await findPersonByEmail(people, emailOf(sent.email)))?.id).toBe(id);
      }
    };
    await readAll(changing);
    const [moved] = await Promise.all([rekeyPeople({ people: changing, log }), readAll(changing), readAll(changing)]);
    expect(moved).toBeGreaterThanOrEqual(30);
    await readAll(under(NEXT));
    expect(await rekeyPeople({ people: changing, log })).toBe(0);
    await rekeyPeople({ people: under(settings.PERSONAL_DATA_KEY, NEXT), log });
  });

  // Reliability OP-61, a thousandth of it: a million go the same way (bench/src/rekey.ts).
  it("when a thousand are brought over by two processes, then everybody is read, corrected, known and new all the while", async () => {
    const crowd = await Promise.all(
      Array.from({ length: 1_000 }, async (_, at) => {
        const { name, email, cpf } = registration({ name: `Guest ${at}` });
        const profile = { name: String(name), email: emailOf(email), cpf: cpfOf(String(cpf)) };
        const person: Person = { id: newId(), createdAt: new Date(), role: "customer", level: "registered", profile };
        const inserted = await insertPerson(auth.people, { person, passwordHash: null, consentedAt: new Date() }, null);
        if (!inserted.ok) throw new Error(`a guest could not be written: ${inserted.refusal}`);
        return { id: person.id, ...profile };
      }),
    );
    const changing = await startAuth({
      settings: { PERSONAL_DATA_KEY: NEXT, PERSONAL_DATA_KEY_PREVIOUS: settings.PERSONAL_DATA_KEY },
      route: async () => auth.database.url,
    });
    let isOver = false;
    const seen = { read: 0, registered: 0, corrected: 0 };
    const wrong: unknown[] = [];
    async function life(begin: number): Promise<void> {
      for (let at = begin; !isOver; at = (at + 7) % crowd.length) {
        const guest = crowd[at];
        if (guest === undefined) return;
        const found = await findPerson(changing.people, guest.id);
        if (found?.profile?.email.reveal() !== guest.email.reveal()) wrong.push(["read", guest.id]);
        const identified = await post(changing, "/customers/identify", { payload: { cpf: guest.cpf.reveal() } });
        if (identified.json().customer?.id !== guest.id) wrong.push(["identify", identified.body]);
        seen.read += 1;
        if (at % 3 === 0) {
          const taken = await post(changing, "/customers/register", {
            payload: registration({ password: undefined, cpf: guest.cpf.reveal() }),
          });
          const made = await post(changing, "/customers/register", { payload: registration({ password: undefined }) });
          if (taken.statusCode !== 409 || made.statusCode !== 201) wrong.push(["register", taken.body, made.body]);
          seen.registered += 1;
        }
        if (at % 5 === 0) {
          const corrected = await changing.app.inject({
            method: "PATCH",
            url: `/customers/${guest.id}`,
            headers: { ...bearer(await signToken(changing, { role: "admin" })), "content-type": "application/json" },
            payload: JSON.stringify({ name: `Corrected ${at}` }),
          });
          if (corrected.statusCode !== 200) wrong.push(["correct", corrected.body]);
          seen.corrected += 1;
        }
      }
    }
    try {
      const lives = [life(0), life(1), life(2)];
      await Promise.all([1, 2].map(() => rekeyPeople({ people: changing.people, log })));
      isOver = true;
      await Promise.all(lives);
      expect(wrong).toEqual([]);
      expect(Math.min(seen.read, seen.registered, seen.corrected)).toBeGreaterThan(0);
      // The old key is of no use any more: everybody opens without it.
      const alone = under(NEXT);
      expect(await listPeopleToRekey(alone, { after: null, limit: 10 })).toEqual([]);
      for (const { id, cpf } of crowd) expect((await findPersonByCpf(alone, cpf))?.id).toBe(id);
    } finally {
      await changing.close();
      await rekeyPeople({ people: under(settings.PERSONAL_DATA_KEY, NEXT), log });
    }
  }, 120_000);

  it("when the old key is known to a thief of both, then nothing that is read from now on opens with what they know", async () => {
    const { id } = await registerGuest(auth);
    const before = await rowOf(id);
    const known = makePersonalData({ current: settings.PERSONAL_DATA_KEY }).keyOf(id, before.data_key);
    expect(known.open("name", before.name_sealed)).toBe("Ana Souza");
    const changing = under(NEXT, settings.PERSONAL_DATA_KEY);
    const opensNothing = async () => {
      const now = await rowOf(id);
      for (const field of ["name", "email", "cpf"] as const) {
        expect(() => known.open(field, now[`${field}_sealed`])).toThrow();
      }
    };
    // Corrected before the job came by, and brought over by it.
    const corrected = await replaceProfile(changing, id, {
      decide: (profile) => ok({ ...profile, name: "Ana de Novo" }),
      onOtherEmail: async () => {},
    });
    expect(corrected.ok).toBe(true);
    await opensNothing();
    await rekeyPeople({ people: changing, log });
    await opensNothing();
    expect((await findPerson(under(NEXT), id))?.profile?.name).toBe("Ana de Novo");
    await rekeyPeople({ people: under(settings.PERSONAL_DATA_KEY, NEXT), log });
  });

  it("when one of many cannot be brought over, then they are named and all the others are brought over", async () => {
    const changing = under(NEXT, settings.PERSONAL_DATA_KEY);
    const crowd = await Promise.all(Array.from({ length: 5 }, () => registerGuest(auth)));
    const [taken] = crowd;
    const holder = await registerGuest(auth);
    // Somebody stands under the next key with the same e-mail: only by hand, for registering looks under both.
    await auth.database.pool.query("update people set email_index = $2, data_key_id = $3 where id = $1", [
      holder.id,
      changing.personalData.index("email", taken?.sent.email ?? ""),
      changing.personalData.masterKeyId,
    ]);
    const said: object[] = [];
    await rekeyPeople({ people: changing, log: { error: (details: object) => said.push(details) } });
    expect(said).toEqual([expect.objectContaining({ person: taken?.id })]);
    expect(await listPeopleToRekey(changing, { after: null, limit: 10 })).toEqual([taken?.id]);
    expect(await countUnderOtherKey(changing)).toBe(1);
    for (const { id } of crowd.slice(1)) expect((await findPerson(under(NEXT), id))?.id).toBe(id);
    await auth.database.pool.query("delete from people where id in ($1, $2)", [taken?.id, holder.id]);
    await rekeyPeople({ people: under(settings.PERSONAL_DATA_KEY, NEXT), log });
  });

  it("when somebody registers while keys change, then who stands under the other key is still known to be there", async () => {
    const { sent } = await registerGuest(auth);
    const other = await startAuth({
      settings: { PERSONAL_DATA_KEY: NEXT, PERSONAL_DATA_KEY_PREVIOUS: settings.PERSONAL_DATA_KEY },
      route: async () => auth.database.url,
    });
    try {
      for (const same of [{ email: sent.email }, { cpf: sent.cpf }]) {
        const answer = await post(other, "/customers/register", { payload: registration(same) });
        expect(answer.statusCode).toBe(409);
      }
    } finally {
      await other.close();
      await rekeyPeople({ people: under(settings.PERSONAL_DATA_KEY, NEXT), log });
    }
  });

  it("when a row is from before people had keys, then it is read, and moved under a key of its own", async () => {
    const { id, sent } = await registerGuest(auth, { name: "Dora Antiga" });
    const seal = (field: string, text: string) => sealAsBefore(settings.PERSONAL_DATA_KEY, { id, field }, text);
    await auth.database.pool.query(
      `update people set name = 'Dora Antiga', name_sealed = null, data_key = null, data_key_id = null,
       email_sealed = $2, cpf_sealed = $3 where id = $1`,
      [id, seal("email", sent.email), seal("cpf", sent.cpf)],
    );
    expect((await findPerson(auth.people, id))?.profile?.name).toBe("Dora Antiga");
    await rekeyPeople({ people: auth.people, log });
    const { rows } = await auth.database.pool.query("select name, data_key from people where id = $1", [id]);
    expect(rows[0].name).toBeNull();
    expect(rows[0].data_key).not.toBeNull();
    const person = await findPerson(auth.people, id);
    expect([person?.profile?.name, person?.profile?.email.reveal(), person?.profile?.cpf?.reveal()]).toEqual([
      "Dora Antiga",
      sent.email,
      sent.cpf,
    ]);
  });

  it("when a key is under neither living master key, then it is said so and the others are moved", async () => {
    const { id } = await registerGuest(auth);
    const stranger = randomBytes(32).toString("base64");
    const lost = makePersonalData({ current: stranger }).newKey(id);
    await auth.database.pool.query("update people set data_key = $2, data_key_id = $3 where id = $1", [
      id,
      lost,
      lost.subarray(1, 5),
    ]);
    const said: object[] = [];
    await rekeyPeople({ people: auth.people, log: { error: (details: object) => said.push(details) } });
    expect(said).toEqual([expect.objectContaining({ person: id })]);
    await auth.database.pool.query("delete from people where id = $1", [id]);
  });
});

// Protects against whoever can write to the database: one person's row must not open with another's data in it.
describe("rows that were tampered with", () => {
  it.each(["email_sealed", "cpf_sealed", "name_sealed", "data_key"])(
    "when %s of two rows is swapped, then neither is read",
    async (column) => {
      const [ana, bia] = [await registerGuest(auth), await registerGuest(auth)];
      await auth.database.pool.query(
        `update people p set ${column} = o.${column} from people o
         where (p.id, o.id) in (($1, $2), ($2, $1))`,
        [ana.id, bia.id],
      );
      for (const { id } of [ana, bia]) await expect(findPerson(auth.people, id)).rejects.toThrow();
      await auth.database.pool.query("delete from people where id in ($1, $2)", [ana.id, bia.id]);
    },
  );
});

// reliability F-51
describe("without a usable master key", () => {
  it("when it is not there, then guests stay anonymous, and identifying is out of order, not broken", async () => {
    const keyless = await startAuth({ isKeyless: true });
    try {
      const headers = { "idempotency-key": newId() };
      const visit = await keyless.app.inject({ method: "POST", url: "/customers/anonymous", headers });
      expect(visit.statusCode).toBe(201);
      for (const [url, payload] of [
        ["/customers/identify", { cpf: "52998224725" }],
        ["/customers/register", registration()],
      ] as const) {
        const answer = await post(keyless, url, { payload });
        expect(answer.statusCode).toBe(503);
        expect(answer.headers["retry-after"]).toBeTruthy();
      }
    } finally {
      await keyless.close();
    }
  });
});
