import { randomBytes } from "node:crypto";
import { newId } from "@comanda/primitives";
import { CODE_TRIES } from "../domain/verification.ts";
import { keepLetter } from "./letters.ts";
import type { Db } from "./sessions.ts";

/** Whose code: a person's, asked for with this very token. */
export type CodeOwner = { readonly personId: string; readonly sessionId: string };

/** A code about to be written down, with the letter that carries it. */
type NewCode = {
  readonly digest: Buffer;
  readonly writtenAt: Date;
  readonly expiresAt: Date;
  readonly letterSealed: Buffer;
};

/** Writes a code down in the place of any earlier one of that token, and the letter that carries it. */
export async function replaceCode(db: Db, owner: CodeOwner, code: NewCode): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom("verifications")
      .where("person_id", "=", owner.personId)
      .where("session_id", "=", owner.sessionId)
      .execute();
    await writeCode(tx, owner, code);
  });
}

/**
 * Writes a letter down that carries no code: letters live with one, so that this lives with a code that nobody is told,
 * of a token that there is not.
 */
export async function keepNotice(
  tx: Db,
  personId: string,
  letter: Pick<NewCode, "writtenAt" | "expiresAt" | "letterSealed">,
): Promise<void> {
  await writeCode(tx, { personId, sessionId: `notice ${newId()}` }, { ...letter, digest: randomBytes(32) });
}

async function writeCode(tx: Db, owner: CodeOwner, code: NewCode): Promise<void> {
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
  await keepLetter(tx, { verificationId: id, contentSealed: code.letterSealed, nextAt: code.writtenAt });
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

/** Forgets codes that ended before `before`. */
export async function purgeCodes(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("verifications").where("expires_at", "<", before).execute();
}
