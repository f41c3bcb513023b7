import { ok, type Result, refuse } from "@comanda/primitives";
import { sql } from "kysely";
import type { Person, Profile } from "../domain/person.ts";
import { type People, type Taken, takenBy, takenUnderOtherKey } from "./people.ts";
import { PERSON_COLUMNS as COLUMNS, personOf, sealProfile } from "./person-row.ts";
import { rekeyPerson } from "./rekey-people.ts";
import type { Db } from "./sessions.ts";

/**
 * Replaces what a person told about themselves by what `decide` makes of it, with the row locked. Another e-mail has not
 * been verified, and codes that went to the former one prove nothing any more. Anonymous guests have told nothing and are
 * `unknown` here.
 * @param change.onOtherEmail what is written beside, in the same transaction, when the e-mail becomes another
 */
export async function replaceProfile<Refusal extends string>(
  people: People,
  id: string,
  change: {
    readonly decide: (profile: Profile) => Result<Profile, Refusal>;
    readonly onOtherEmail: (tx: Db, former: Profile) => Promise<void>;
  },
): Promise<Result<Person, Taken | Refusal | "unknown">> {
  const { personalData } = people;
  try {
    return await people.db.transaction().execute(async (tx) => {
      // What is written while keys are changed is not written under a data key from before.
      await rekeyPerson({ ...people, db: tx }, id);
      const row = await tx.selectFrom("people").select(COLUMNS).where("id", "=", id).forUpdate().executeTakeFirst();
      const person = row === undefined ? null : personOf(personalData, row);
      if (row === undefined || person === null || person.profile === null) return refuse("unknown" as const);
      const decided = change.decide(person.profile);
      if (!decided.ok) return decided;
      const profile = decided.value;
      const taken = await takenUnderOtherKey({ ...people, db: tx }, profile, id);
      if (taken !== null) return refuse(taken);
      const isSameEmail = profile.email.reveal() === person.profile.email.reveal();
      await tx
        .updateTable("people")
        .set(sealProfile(personalData, { id, profile, dataKey: row.data_key }))
        .$if(!isSameEmail, (update) => update.set({ email_verified_at: null }))
        .where("id", "=", id)
        .execute();
      if (!isSameEmail) {
        await tx.deleteFrom("verifications").where("person_id", "=", id).execute();
        await change.onOtherEmail(tx, person.profile);
      }
      return ok({ ...person, profile });
    });
  } catch (error) {
    const taken = takenBy(error);
    if (taken === null) throw error;
    return refuse(taken);
  }
}

/** Notes that somebody has received what was sent to the e-mail of a person. */
export async function markEmailVerified(tx: Db, id: string, at: Date): Promise<void> {
  await tx.updateTable("people").set({ email_verified_at: at }).where("id", "=", id).execute();
}

/**
 * Deletes a person, and with the row the key that sealed what it held. What refers to the row goes with it; sessions are
 * anybody's and refer to none: `forgetPerson` is what erases somebody.
 */
export async function deletePerson(tx: Db, id: string): Promise<void> {
  await tx.deleteFrom("people").where("id", "=", id).execute();
}

/** What is known of a person beside their profile. */
type PersonFacts = { readonly emailVerifiedAt: Date | null; readonly hasPassword: boolean };

export async function readPersonFacts({ db }: People, id: string): Promise<PersonFacts | null> {
  const row = await factsOf(db, id).executeTakeFirst();
  return row === undefined ? null : { emailVerifiedAt: row.email_verified_at, hasPassword: row.password_hash !== null };
}

/** The same, and nobody changes the person until the transaction ends. */
export async function lockPersonFacts(tx: Db, id: string): Promise<PersonFacts | null> {
  const row = await factsOf(tx, id).forUpdate().executeTakeFirst();
  return row === undefined ? null : { emailVerifiedAt: row.email_verified_at, hasPassword: row.password_hash !== null };
}

function factsOf(db: Db, id: string) {
  return db.selectFrom("people").select(["email_verified_at", "password_hash"]).where("id", "=", id);
}

/** A sign-in as its person may see it. */
export type SeenSession = Readonly<Record<"createdAt" | "lastUsedAt", Date>> & {
  readonly endedAt: Date | null;
  readonly agent: string | null;
};

/** The sign-ins of a person that are still on record, oldest first. */
export async function listSignIns(db: Db, personId: string): Promise<readonly SeenSession[]> {
  const rows = await db
    .selectFrom("sessions")
    .select(["created_at", "last_used_at", "ended_at", "agent"])
    .where("subject", "=", personId)
    .orderBy("created_at")
    .execute();
  return rows.map((row) => ({
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    endedAt: row.ended_at,
    agent: row.agent,
  }));
}

/** Forgets the sign-ins of a person; the list of revocations keeps their tokens out for as long as they could live. */
export async function forgetSignIns(tx: Db, personId: string): Promise<void> {
  await tx.deleteFrom("sessions").where("subject", "=", personId).execute();
}

/** Deletes anonymous guests who came before `before`, some at a time: nothing is held of them but that they came. */
export async function deleteAnonymous(db: Db, { before, limit }: { before: Date; limit: number }): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from people where id in (
      select id from people where level = 'anonymous' and created_at < ${before}
      order by created_at limit ${limit} for update skip locked)`.execute(db);
  return Number(numAffectedRows);
}
