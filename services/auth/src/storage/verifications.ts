import { randomBytes } from "node:crypto";
import { newId } from "@comanda/primitives";
import { sql } from "kysely";
import { CODE_TRIES } from "../domain/verification.ts";
import { keepLetter } from "./letters.ts";
import type { People } from "./people.ts";
import { lockPersonKey } from "./person-secrets.ts";
import type { PersonKey } from "./personal-data.ts";
import type { Db } from "./sessions.ts";

/** Whose code: a person's, asked for with this very token. */
export type CodeOwner = { readonly personId: string; readonly sessionId: string };

/** A code about to be written down, with the words of the letter that carries it; they are sealed here. */
type NewCode = {
  readonly digest: Buffer;
  readonly writtenAt: Date;
  readonly expiresAt: Date;
  readonly letter: string;
};

/** Writes a code down in the place of any earlier one of that token, and the letter that carries it. */
export async function replaceCode(people: People, owner: CodeOwner, code: NewCode): Promise<void> {
  await people.db.transaction().execute(async (tx) => {
    const key = await lockPersonKey({ ...people, db: tx }, owner.personId);
    await tx
      .deleteFrom("verifications")
      .where("person_id", "=", owner.personId)
      .where("session_id", "=", owner.sessionId)
      .execute();
    await writeCode({ tx, key }, owner, code);
  });
}

/**
 * Writes a letter down that carries no code, in the transaction of `people.db`: letters live with one, so that this lives
 * with a code that nobody is told, of a token that there is not.
 */
export async function keepNotice(people: People, personId: string, letter: Omit<NewCode, "digest">): Promise<void> {
  const key = await lockPersonKey(people, personId);
  const owner = { personId, sessionId: `notice ${newId()}` };
  await writeCode({ tx: people.db, key }, owner, { ...letter, digest: randomBytes(32) });
}

async function writeCode(
  { tx, key }: { readonly tx: Db; readonly key: PersonKey },
  owner: CodeOwner,
  code: NewCode,
): Promise<void> {
  const id = newId();
  await tx
    .insertInto("verifications")
    .values({
      id,
      person_id: owner.personId,
      session_id: owner.sessionId,
      code_digest: code.digest,
      tries: 0,
      expires_at: code.expiresAt,
      used_at: null,
    })
    .execute();
  await keepLetter(tx, {
    verificationId: id,
    contentSealed: key.seal("letter", code.letter),
    nextAt: code.writtenAt,
  });
}

/** Counts a try and gives what to compare it with; `null` when no code of that token can be tried any more. */
export async function countTry(
  db: Db,
  owner: CodeOwner,
  now: Date,
): Promise<{ readonly id: string; readonly digest: Buffer } | null> {
  const row = await db
    .updateTable("verifications")
    .set((eb) => ({ tries: eb("tries", "+", 1) }))
    .where("person_id", "=", owner.personId)
    .where("session_id", "=", owner.sessionId)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .where("tries", "<", CODE_TRIES)
    .returning(["id", "code_digest"])
    .executeTakeFirst();
  return row === undefined ? null : { id: row.id, digest: row.code_digest };
}

/** Uses a code up; of two at once, one does. */
export async function useCode(db: Db, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("verifications")
    .set({ used_at: now })
    .where("id", "=", id)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Which of these codes are still worth something. */
export async function listOpenCodes(db: Db, ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("verifications")
    .select("id")
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Forgets codes that ended before `before`. */
export async function purgeCodes(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("verifications").where("expires_at", "<", before).execute();
}
