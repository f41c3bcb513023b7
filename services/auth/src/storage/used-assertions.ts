import type { Db } from "./sessions.ts";

/** Notes that an assertion was used. @returns false when it had been before */
export async function spendAssertion(
  db: Db,
  assertion: { readonly digest: Buffer; readonly expiresAt: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("used_assertions")
    .values({ digest: assertion.digest, expires_at: assertion.expiresAt })
    .onConflict((conflict) => conflict.column("digest").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function purgeUsedAssertions(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("used_assertions").where("expires_at", "<", before).execute();
}
