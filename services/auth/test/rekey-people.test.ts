import { randomBytes } from "node:crypto";
import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCpf } from "../src/domain/cpf.ts";
import { parseEmail } from "../src/domain/email.ts";
import { findPerson, findPersonByCpf, findPersonByEmail, type People } from "../src/storage/people.ts";
import { makePersonalData } from "../src/storage/personal-data.ts";
import { rekeyPeople } from "../src/use-cases/rekey-people.ts";
import { registerGuest, registration } from "./builders.ts";
import { type Auth, post, settings, startAuth } from "./harness.ts";
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
