/**
 * `node scripts/bootstrap.mjs bench/src/rekey.ts`: `BENCH_ROWS` people (a million) are brought under another master key
 * online, while guests are read all the time (reliability OP-61). Prints how long it took, what a reader waited meanwhile
 * and when left alone, and how many were read wrongly; ends with 1 unless everybody is read without the old key and
 * nobody was ever missing.
 */
import { randomBytes } from "node:crypto";
import { createDatabase, createPool } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { cpfOf, createTestDatabase } from "@comanda/testing";
import { setup, teardown } from "../../packages/testing/src/global-setup.ts";
import { parseCpf } from "../../services/auth/src/domain/cpf.ts";
import { parseEmail } from "../../services/auth/src/domain/email.ts";
import type { Person } from "../../services/auth/src/domain/person.ts";
import { findPerson, findPersonByCpf, type People } from "../../services/auth/src/storage/people.ts";
import { PERSON_COLUMNS, personOf, sealProfile } from "../../services/auth/src/storage/person-row.ts";
import { makePersonalData, PersonalDataKeyError } from "../../services/auth/src/storage/personal-data.ts";
import { listPeopleToRekey } from "../../services/auth/src/storage/rekey-people.ts";
import type { AuthTables } from "../../services/auth/src/storage/schema.ts";
import { rekeyPeople } from "../../services/auth/src/use-cases/rekey-people.ts";

const rows = Number(process.env["BENCH_ROWS"] ?? 1_000_000);
const AT_A_TIME = 1_000;
const READS_ALONE = 2_000;
const MIGRATIONS = "services/auth/migrations";

const [before, after] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
await setup();
const database = await createTestDatabase({ migrations: MIGRATIONS });
const pool = createPool({ connectionString: database.url, applicationName: "bench-rekey", max: 8 });
const db = createDatabase<AuthTables>(pool);
const under = (keys: { current: string; previous?: string }): People => ({ db, personalData: makePersonalData(keys) });
try {
  const ids = await plant(under({ current: before }));
  const changing = under({ current: after, previous: before });
  const alone = await readUntil(changing, ids, (count) => count >= READS_ALONE);
  let isOver = false;
  const failed: object[] = [];
  const began = performance.now();
  const meanwhile = readUntil(changing, ids, () => isOver);
  const moved = await rekeyPeople({
    people: changing,
    log: { error: (record, message) => failed.push({ message, ...record }) },
  });
  const seconds = (performance.now() - began) / 1_000;
  isOver = true;
  const seen = await meanwhile;
  const opened = await openAll(under({ current: after }), ids);
  const left = (await listPeopleToRekey(changing, { after: null, limit: 1 })).length;
  for (const failure of failed.slice(0, 5)) console.error(failure);
  console.log(
    JSON.stringify({
      rows,
      moved,
      failed: failed.length,
      seconds: Math.round(seconds),
      per_second: Math.round(moved / seconds),
      opened_without_the_old_key: opened,
      reads_meanwhile: seen.count,
      read_wrongly: seen.wrong + alone.wrong,
      p99_ms: seen.p99Ms,
      p99_ms_alone: alone.p99Ms,
    }),
  );
  const isWhole = moved === rows && opened === rows && left === 0 && failed.length + seen.wrong + alone.wrong === 0;
  if (!isWhole) process.exitCode = 1;
} finally {
  await db.destroy();
  await database.drop();
  await teardown();
}

function profileAt(at: number) {
  const [email, cpf] = [parseEmail(`pessoa${at}@exemplo.com.br`), parseCpf(cpfText(at))];
  if (!email.ok || !cpf.ok) throw new TypeError("every number makes a person");
  return { name: `Pessoa ${at}`, email: email.value, cpf: cpf.value };
}

/** Another one for each number, none of one digit only. */
function cpfText(at: number): string {
  return cpfOf(String(123_000_000 + at));
}

/** Writes everybody down as registration does, many in one statement. @returns their ids, by number */
async function plant({ personalData }: People): Promise<readonly string[]> {
  const ids = Array.from({ length: rows }, () => newId());
  for (let from = 0; from < rows; from += AT_A_TIME) {
    const values = ids.slice(from, from + AT_A_TIME).map((id, place) => ({
      id,
      role: "customer" as const,
      level: "registered" as const,
      created_at: new Date(),
      consented_at: new Date(),
      ...sealProfile(personalData, { id, profile: profileAt(from + place) }),
    }));
    await db.insertInto("people").values(values).execute();
  }
  await pool.query("vacuum analyze people");
  return ids;
}

/** Reads one guest after the other, by id and by CPF, anywhere in the table. */
async function readUntil(people: People, ids: readonly string[], isDone: (count: number) => boolean) {
  const times: number[] = [];
  let wrong = 0;
  while (!isDone(times.length)) {
    const at = Math.floor(Math.random() * ids.length);
    const { email, cpf } = profileAt(at);
    const startedAt = performance.now();
    const byId = await findPerson(people, ids[at] ?? "");
    const byCpf = await findPersonByCpf(people, cpf);
    times.push(performance.now() - startedAt);
    if (byId?.profile?.email.reveal() !== email.reveal() || byCpf?.id !== ids[at]) wrong += 1;
  }
  const sorted = times.toSorted((one, other) => one - other);
  return { count: times.length, wrong, p99Ms: Number((sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(1)) };
}

/** How many of them the present key alone opens, each with the data they were planted with. */
async function openAll({ personalData }: People, ids: readonly string[]): Promise<number> {
  let opened = 0;
  for (let from = 0; from < ids.length; from += AT_A_TIME) {
    const wanted = ids.slice(from, from + AT_A_TIME);
    const found = await db.selectFrom("people").select(PERSON_COLUMNS).where("id", "in", wanted).execute();
    const byId = new Map(found.map((row) => [row.id, openOrNull(personalData, row)]));
    for (const [place, id] of wanted.entries()) {
      const { name, email, cpf } = profileAt(from + place);
      const profile = byId.get(id)?.profile;
      const isSame = profile?.name === name && profile.email.reveal() === email.reveal();
      if (isSame && profile.cpf?.reveal() === cpf.reveal()) opened += 1;
    }
  }
  return opened;
}

/** `null` for somebody who was left under the old key, and does not open. */
function openOrNull(...[personalData, row]: Parameters<typeof personOf>): Person | null {
  try {
    return personOf(personalData, row);
  } catch (error) {
    if (error instanceof PersonalDataKeyError) return null;
    throw error;
  }
}
