import { sql } from "kysely";
import type { People } from "./people.ts";
import { personKeyOf } from "./person-secrets.ts";
import type { Db } from "./sessions.ts";

/** A letter whose turn it is. */
export type DueLetter = {
  /** The code it carries. */
  readonly verificationId: string;
  readonly personId: string;
  /** How often it was tried, this time included. */
  readonly attempts: number;
};

/** Puts a letter down with the code it carries, to be handed over at once. */
export async function keepLetter(
  tx: Db,
  letter: { readonly verificationId: string; readonly contentSealed: Buffer; readonly nextAt: Date },
): Promise<void> {
  await tx
    .insertInto("letters")
    .values({
      verification_id: letter.verificationId,
      content_sealed: letter.contentSealed,
      attempts: 0,
      next_at: letter.nextAt,
      refused_at: null,
    })
    .execute();
}

/**
 * Takes letters whose turn it is, of codes that are still worth something. Until `heldUntil` no other process takes
 * them; should this one die, they are due again then.
 */
export async function takeDueLetters(
  db: Db,
  given: { readonly now: Date; readonly heldUntil: Date; readonly limit: number },
): Promise<readonly DueLetter[]> {
  const { now, heldUntil, limit } = given;
  const { rows } = await sql<DueLetter>`
    update letters set attempts = attempts + 1, next_at = ${heldUntil}
    from verifications v
    where v.id = letters.verification_id and letters.verification_id in (
      select l.verification_id from letters l join verifications c on c.id = l.verification_id
      where l.refused_at is null and l.next_at <= ${now} and c.expires_at > ${now} and c.used_at is null
      order by l.next_at limit ${limit} for update of l skip locked)
    returning letters.verification_id as "verificationId", v.person_id as "personId",
      letters.attempts`.execute(db);
  return rows;
}

/** The words of a letter, as they were sealed; `null` when it is not there any more. */
export async function openLetter(people: People, verificationId: string): Promise<string | null> {
  const row = await letterRows(people.db).where("verification_id", "=", verificationId).executeTakeFirst();
  return row === undefined ? null : openRow(people, row);
}

/** The letter was handed over, or has nobody to be handed to. */
export async function forgetLetter(db: Db, verificationId: string): Promise<void> {
  await db.deleteFrom("letters").where("verification_id", "=", verificationId).execute();
}

export async function putLetterOff(db: Db, verificationId: string, nextAt: Date): Promise<void> {
  await db.updateTable("letters").set({ next_at: nextAt }).where("verification_id", "=", verificationId).execute();
}

export async function markLetterRefused(db: Db, verificationId: string, at: Date): Promise<void> {
  await db.updateTable("letters").set({ refused_at: at }).where("verification_id", "=", verificationId).execute();
}

/** The letter to `owner` that the mail server refused, while its code would still be good. */
export async function findRefusedLetter(
  people: People,
  owner: { readonly personId: string; readonly sessionId: string },
  now: Date,
): Promise<string | null> {
  const row = await letterRows(people.db)
    .where("verifications.person_id", "=", owner.personId)
    .where("verifications.session_id", "=", owner.sessionId)
    .where("verifications.expires_at", ">", now)
    .where("letters.refused_at", "is not", null)
    .executeTakeFirst();
  return row === undefined ? null : openRow(people, row);
}

function letterRows(db: Db) {
  return db
    .selectFrom("letters")
    .innerJoin("verifications", "verifications.id", "letters.verification_id")
    .innerJoin("people", "people.id", "verifications.person_id")
    .select(["verifications.person_id", "letters.content_sealed", "people.data_key"]);
}

type LetterRow = { readonly person_id: string; readonly content_sealed: Buffer; readonly data_key: Buffer | null };

function openRow(people: People, { person_id: id, data_key: dataKey, content_sealed: sealed }: LetterRow): string {
  return personKeyOf(people, id, dataKey).open("letter", sealed);
}

/** Forgets letters whose code is over. */
export async function purgeLetters(db: Db, now: Date): Promise<void> {
  const over = db.selectFrom("verifications").select("id").where("expires_at", "<=", now);
  await db.deleteFrom("letters").where("verification_id", "in", over).execute();
}
