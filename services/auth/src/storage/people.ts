import { isUniqueViolation } from "@comanda/postgres";
import { newId, ok, type Result, refuse } from "@comanda/primitives";
import { type Kysely, sql } from "kysely";
import { CONSENT_TEXTS } from "../domain/consent.ts";
import type { Cpf } from "../domain/cpf.ts";
import type { Email } from "../domain/email.ts";
import type { Person, Profile } from "../domain/person.ts";
import { PERSON_COLUMNS as COLUMNS, personOf, sealProfile } from "./person-row.ts";
import type { PersonalData } from "./personal-data.ts";
import type { AuthTables, PersonRow } from "./schema.ts";
import type { Db } from "./sessions.ts";

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

/** Writes one person down, in one statement. The unique indexes decide between two who come at the same moment. */
export async function insertPerson(
  people: People,
  newPerson: NewPerson,
  creation: Creation | null,
): Promise<Result<null, Taken | "repeated">> {
  const taken = await takenUnderOtherKey(people, newPerson.person.profile);
  if (taken !== null) return refuse(taken);
  try {
    const { person, consentedAt } = newPerson;
    await (consentedAt === null ? people.db : withConsent(people.db, { personId: person.id, at: consentedAt }))
      .insertInto("people")
      .values({ ...rowOf(people.personalData, newPerson), ...columnsOf(creation) })
      .execute();
    return ok(null);
  } catch (error) {
    const taken = takenBy(error);
    if (taken !== null) return refuse(taken);
    if (isUniqueViolation(error, "people_creation_key_unique")) return refuse("repeated");
    throw error;
  }
}

/** Opens the ledger of consents in the very statement that writes the person down. */
function withConsent(db: People["db"], { personId, at }: { readonly personId: string; readonly at: Date }) {
  const entry = { id: newId(), person_id: personId, is_given: true, how: "register", at } as const;
  const { version } = CONSENT_TEXTS.recognition;
  return db.with("agreed", (statement) =>
    statement.insertInto("consents").values({ ...entry, purpose: "recognition", version }),
  );
}

/**
 * While keys are changed somebody may stand here under digests of the other key, which the unique indexes cannot compare.
 * Asked before the insert: whoever is brought over in between has been seen here, and whoever was before is in the index.
 */
export async function takenUnderOtherKey(
  { db, personalData }: People,
  profile: Profile | null,
  except: string | null = null,
): Promise<Taken | null> {
  if (profile === null || personalData.masterKeys < 2) return null;
  const isHeld = async (column: "email_index" | "cpf_index", digests: readonly Buffer[]) => {
    const holders = await db.selectFrom("people").select("id").where(column, "in", digests).execute();
    return holders.some(({ id }) => id !== except);
  };
  if (await isHeld("email_index", personalData.indexes("email", profile.email.reveal()))) return "email-taken";
  const cpf = profile.cpf?.reveal();
  if (cpf !== undefined && (await isHeld("cpf_index", personalData.indexes("cpf", cpf)))) return "cpf-taken";
  return null;
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
  const indexes = people.personalData.indexes("cpf", cpf.reveal());
  const row = await people.db.selectFrom("people").select(COLUMNS).where("cpf_index", "in", indexes).executeTakeFirst();
  return row === undefined ? null : personOf(people.personalData, row);
}

/** The id that nobody has. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * The guest who wants to be recognised by this CPF. Staff are no guests: a number that everybody may know must not name
 * the administrator. Nor does it name who took their consent back. All of it in one statement, so that nobody is told by
 * the time the answer takes.
 */
export async function findRecognisableGuest(people: People, cpf: Cpf): Promise<Person | null> {
  const indexes = people.personalData.indexes("cpf", cpf.reveal());
  const row = await people.db
    .with("found", (db) => {
      const guest = db
        .selectFrom("people")
        .select("id")
        .where("cpf_index", "in", indexes)
        .where("role", "=", "customer");
      // What is looked up next is looked up for nobody as well.
      return db.selectNoFrom(({ fn, val }) => fn.coalesce(guest.limit(1), val(NOBODY)).as("id"));
    })
    .with("last_word", (db) =>
      db
        .selectFrom("consents")
        .select("is_given")
        .where("person_id", "=", ({ selectFrom }) => selectFrom("found").select("found.id"))
        .where("purpose", "=", "recognition")
        .orderBy("at", "desc")
        .orderBy("consents.id", "desc")
        .limit(1),
    )
    .selectFrom("people")
    .select(COLUMNS)
    .where("people.id", "=", ({ selectFrom }) => selectFrom("found").select("found.id"))
    .where(({ eb, fn, selectFrom, val }) =>
      eb(fn.coalesce(selectFrom("last_word").select("last_word.is_given"), val(true)), "=", true),
    )
    .executeTakeFirst();
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
  const indexes = people.personalData.indexes("email", email.reveal());
  const row = await people.db
    .selectFrom("people")
    .select([...COLUMNS, "password_hash"])
    .where("email_index", "in", indexes)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { person: personOf(people.personalData, row), passwordHash: row.password_hash };
}

/**
 * What a sign-in rests on, as it is now; nobody changes it until the transaction ends. `null` for somebody who is not there.
 */
export async function shareSignIn(
  tx: Db,
  id: string,
): Promise<{ readonly role: Person["role"]; readonly passwordHash: string | null } | null> {
  const row = await tx
    .selectFrom("people")
    .select(["role", "password_hash"])
    .where("id", "=", id)
    .forShare()
    .executeTakeFirst();
  return row === undefined ? null : { role: row.role, passwordHash: row.password_hash };
}

/**
 * Holds a person fast until the transaction ends: nobody begins a session of theirs meanwhile, nor changes what one would
 * rest on. Nothing is held for an id that is nobody's, such as a device's.
 */
export async function lockPerson(tx: Db, id: string): Promise<void> {
  await tx.selectFrom("people").select("id").where("id", "=", id).forNoKeyUpdate().executeTakeFirst();
}

/** What the password of somebody is checked against. */
export async function findPasswordHash(people: People, id: string): Promise<string | null> {
  const row = await people.db.selectFrom("people").select("password_hash").where("id", "=", id).executeTakeFirst();
  return row?.password_hash ?? null;
}

/** Which of the two rules of one account for each person an error says was broken. */
export function takenBy(error: unknown): Taken | null {
  if (isUniqueViolation(error, "people_email_unique")) return "email-taken";
  return isUniqueViolation(error, "people_cpf_unique") ? "cpf-taken" : null;
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
const ADMINISTRATORS_LOCK = 1_170_411;

/** Lets one transaction at a time count the administrators and make one more or one less; kept until it ends. */
export async function lockAdministrators(people: People): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADMINISTRATORS_LOCK})`.execute(people.db);
}

/** Which people are wanted; `before` is the id after which the page begins, newest first. */
export type PeopleQuery = {
  readonly id?: string | undefined;
  readonly role?: PersonRow["role"] | undefined;
  readonly roles?: readonly PersonRow["role"][] | undefined;
  readonly level?: "anonymous" | "registered" | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

/** One page of people, newest first (ids sort by time of birth). */
export async function listPeople(people: People, query: PeopleQuery): Promise<Person[]> {
  let statement = people.db.selectFrom("people").select(COLUMNS).orderBy("id", "desc").limit(query.limit);
  if (query.id !== undefined) statement = statement.where("id", "=", query.id);
  if (query.roles !== undefined) statement = statement.where("role", "in", query.roles);
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
  return {
    id,
    role,
    level,
    email_verified_at: null,
    ...sealProfile(personalData, { id, profile }),
    password_hash: passwordHash,
    consented_at: consentedAt,
    created_at: createdAt,
  };
}
