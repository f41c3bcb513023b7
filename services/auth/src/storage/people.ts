import { isUniqueViolation } from "@comanda/postgres";
import { ok, type Result, refuse } from "@comanda/primitives";
import { type Kysely, sql } from "kysely";
import { type Cpf, parseCpf } from "../domain/cpf.ts";
import { type Email, parseEmail } from "../domain/email.ts";
import type { Person, Profile } from "../domain/person.ts";
import type { PersonalData } from "./personal-data.ts";
import type { AuthTables, PersonRow } from "./schema.ts";

/** Where people are kept: the database, or a transaction on it, and the keys of their personal fields. */
export type People = { readonly db: Kysely<AuthTables>; readonly personalData: PersonalData };

/** Somebody else holds the e-mail or the CPF already. */
export type Taken = "email-taken" | "cpf-taken";

/** A person about to be written down, with what they will prove themselves by and when they agreed to it. */
export type NewPerson = {
  readonly person: Person;
  readonly passwordHash: string | null;
  readonly consentedAt: Date | null;
};

/** Digests of the request that made a person: its key, and what it said. */
export type Creation = { readonly key: Buffer; readonly fingerprint: Buffer };

const COLUMNS = ["id", "role", "level", "name", "email_sealed", "cpf_sealed", "created_at"] as const;
type VisibleRow = Pick<PersonRow, (typeof COLUMNS)[number]>;

/** Writes one person down, in one statement. The unique indexes decide between two who come at the same moment. */
export async function insertPerson(
  people: People,
  newPerson: NewPerson,
  creation: Creation | null,
): Promise<Result<null, Taken | "repeated">> {
  try {
    await people.db
      .insertInto("people")
      .values({ ...rowOf(people.personalData, newPerson), ...columnsOf(creation) })
      .execute();
    return ok(null);
  } catch (error) {
    if (isUniqueViolation(error, "people_email_unique")) return refuse("email-taken");
    if (isUniqueViolation(error, "people_cpf_unique")) return refuse("cpf-taken");
    if (isUniqueViolation(error, "people_creation_key_unique")) return refuse("repeated");
    throw error;
  }
}

/** The person that a request made, and what it said then. */
export async function findCreated(
  people: People,
  key: Buffer,
): Promise<{ readonly person: Person; readonly passwordHash: string | null; readonly fingerprint: Buffer } | null> {
  const row = await people.db
    .selectFrom("people")
    .select([...COLUMNS, "password_hash", "creation_fingerprint"])
    .where("creation_key", "=", key)
    .executeTakeFirst();
  if (row === undefined || row.creation_fingerprint === null) return null;
  const person = personOf(people.personalData, row);
  return { person, passwordHash: row.password_hash, fingerprint: row.creation_fingerprint };
}

export async function findPerson(people: People, id: string): Promise<Person | null> {
  const row = await people.db.selectFrom("people").select(COLUMNS).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : personOf(people.personalData, row);
}

export async function findPersonByCpf(people: People, cpf: Cpf): Promise<Person | null> {
  const index = people.personalData.index("cpf", cpf.reveal());
  const row = await people.db.selectFrom("people").select(COLUMNS).where("cpf_index", "=", index).executeTakeFirst();
  return row === undefined ? null : personOf(people.personalData, row);
}

export async function findPersonByEmail(people: People, email: Email): Promise<Person | null> {
  return (await findSignIn(people, email))?.person ?? null;
}

/** The person with this e-mail, and what their password is checked against. */
export async function findSignIn(
  people: People,
  email: Email,
): Promise<{ readonly person: Person; readonly passwordHash: string | null } | null> {
  const index = people.personalData.index("email", email.reveal());
  const row = await people.db
    .selectFrom("people")
    .select([...COLUMNS, "password_hash"])
    .where("email_index", "=", index)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { person: personOf(people.personalData, row), passwordHash: row.password_hash };
}

/** Replaces a password hash, unless it was changed in the meantime. */
export async function replacePasswordHash(
  people: People,
  change: { readonly id: string; readonly from: string; readonly to: string },
): Promise<void> {
  await people.db
    .updateTable("people")
    .set({ password_hash: change.to })
    .where("id", "=", change.id)
    .where("password_hash", "=", change.from)
    .execute();
}

export async function adminExists(people: People): Promise<boolean> {
  const row = await people.db.selectFrom("people").select("id").where("role", "=", "admin").limit(1).executeTakeFirst();
  return row !== undefined;
}

// Any constant does; it only has to differ from the other advisory locks of this database.
const FIRST_ADMIN_LOCK = 1_170_411;

/** Lets one transaction at a time look for an administrator and write one down; kept until the transaction ends. */
export async function waitForTurnToCreateAdmin(people: People): Promise<void> {
  await sql`select pg_advisory_xact_lock(${FIRST_ADMIN_LOCK})`.execute(people.db);
}

/** Which people are wanted; `before` is the id after which the page begins, newest first. */
export type PeopleQuery = {
  readonly id?: string | undefined;
  readonly role?: PersonRow["role"] | undefined;
  readonly level?: "anonymous" | "registered" | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

/** One page of people, newest first (ids sort by time of birth). */
export async function listPeople(people: People, query: PeopleQuery): Promise<Person[]> {
  let statement = people.db.selectFrom("people").select(COLUMNS).orderBy("id", "desc").limit(query.limit);
  if (query.id !== undefined) statement = statement.where("id", "=", query.id);
  if (query.role !== undefined) statement = statement.where("role", "=", query.role);
  if (query.level !== undefined) statement = statement.where("level", "=", query.level);
  if (query.before !== undefined) statement = statement.where("id", "<", query.before);
  return (await statement.execute()).map((row) => personOf(people.personalData, row));
}

function columnsOf(creation: Creation | null): Pick<PersonRow, "creation_key" | "creation_fingerprint"> {
  return { creation_key: creation?.key ?? null, creation_fingerprint: creation?.fingerprint ?? null };
}

function rowOf(
  personalData: PersonalData,
  { person, passwordHash, consentedAt }: NewPerson,
): Omit<PersonRow, keyof ReturnType<typeof columnsOf>> {
  const { id, role, level, createdAt, profile } = person;
  const email = profile?.email.reveal();
  const cpf = profile?.cpf?.reveal();
  return {
    id,
    role,
    level,
    name: profile?.name ?? null,
    email_sealed: email === undefined ? null : personalData.seal({ id, field: "email" }, email),
    email_index: email === undefined ? null : personalData.index("email", email),
    cpf_sealed: cpf === undefined ? null : personalData.seal({ id, field: "cpf" }, cpf),
    cpf_index: cpf === undefined ? null : personalData.index("cpf", cpf),
    password_hash: passwordHash,
    consented_at: consentedAt,
    created_at: createdAt,
  };
}

function personOf(personalData: PersonalData, row: VisibleRow): Person {
  const base = { id: row.id, createdAt: row.created_at };
  if (row.role === "customer" && row.level === "anonymous") {
    return { ...base, role: row.role, level: row.level, profile: null };
  }
  const profile = profileOf(personalData, row);
  if (row.role !== "customer") return { ...base, role: row.role, level: null, profile };
  return { ...base, role: row.role, level: "registered", profile };
}

function profileOf(personalData: PersonalData, row: VisibleRow): Profile {
  const { id, name, email_sealed: emailSealed, cpf_sealed: cpfSealed } = row;
  if (name === null || emailSealed === null) throw new Error(`person ${id} has no name or no e-mail`);
  const email = parseEmail(personalData.open({ id, field: "email" }, emailSealed));
  const cpf = cpfSealed === null ? null : parseCpf(personalData.open({ id, field: "cpf" }, cpfSealed));
  if (!email.ok || cpf?.ok === false) throw new Error(`person ${id} has an e-mail or CPF that is none`);
  return { name, email: email.value, cpf: cpf === null ? null : cpf.value };
}
