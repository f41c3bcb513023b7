import type { Attempts } from "../domain/attempts.ts";
import type { Db } from "./sessions.ts";

/** What has failed under `key` so far. */
export async function findAttempts(db: Db, key: Buffer): Promise<Attempts | null> {
  const row = await db
    .selectFrom("failed_attempts")
    .select(["streak", "last_at", "hour_count", "hour_began_at"])
    .where("key", "=", key)
    .executeTakeFirst();
  if (row === undefined || row.streak === 0) return null;
  return { streak: row.streak, lastAt: row.last_at, windowCount: row.hour_count, windowBeganAt: row.hour_began_at };
}

/** The same, and nobody else counts under this key until the transaction ends. */
export async function lockAttempts(tx: Db, key: Buffer, now: Date): Promise<Attempts | null> {
  const nothing = { key, streak: 0, last_at: now, hour_count: 0, hour_began_at: now };
  await tx
    .insertInto("failed_attempts")
    .values(nothing)
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
  await tx.selectFrom("failed_attempts").select("key").where("key", "=", key).forUpdate().execute();
  return findAttempts(tx, key);
}

export async function writeAttempts(tx: Db, key: Buffer, attempts: Attempts): Promise<void> {
  await tx
    .updateTable("failed_attempts")
    .set({
      streak: attempts.streak,
      last_at: attempts.lastAt,
      hour_count: attempts.windowCount,
      hour_began_at: attempts.windowBeganAt,
    })
    .where("key", "=", key)
    .execute();
}

export async function forgetAttempts(db: Db, key: Buffer): Promise<void> {
  await db.deleteFrom("failed_attempts").where("key", "=", key).execute();
}

/** Removes what nothing has been tried under since `before`. */
export async function purgeAttempts(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("failed_attempts").where("last_at", "<", before).execute();
}
