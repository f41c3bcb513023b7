import type { Db } from "./sessions.ts";

/** What is taken back: one access token, or all of somebody's that were issued up to `notBefore`. */
export type Revocation =
  | { readonly kind: "token"; readonly tokenId: string; readonly expiresAt: Date }
  | { readonly kind: "subject"; readonly subject: string; readonly notBefore: Date; readonly expiresAt: Date };

/** Adds to the list; what stands there already keeps the later of both times. */
export async function insertRevocations(db: Db, revocations: readonly Revocation[]): Promise<void> {
  if (revocations.length === 0) return;
  await db
    .insertInto("revocations")
    .values(
      revocations.map((revocation) => ({
        kind: revocation.kind,
        value: revocation.kind === "token" ? revocation.tokenId : revocation.subject,
        not_before: revocation.kind === "token" ? null : revocation.notBefore,
        expires_at: revocation.expiresAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["kind", "value"]).doUpdateSet((eb) => ({
        not_before: eb.fn("greatest", ["revocations.not_before", "excluded.not_before"]),
        expires_at: eb.fn("greatest", ["revocations.expires_at", "excluded.expires_at"]),
      })),
    )
    .execute();
}

/** The whole list of what can still matter at `now`, in a fixed order. */
export async function listRevocations(db: Db, now: Date): Promise<readonly Revocation[]> {
  const rows = await db
    .selectFrom("revocations")
    .select(["kind", "value", "not_before", "expires_at"])
    .where("expires_at", ">", now)
    .orderBy("kind")
    .orderBy("value")
    .execute();
  return rows.map((row) =>
    row.not_before === null
      ? { kind: "token", tokenId: row.value, expiresAt: row.expires_at }
      : { kind: "subject", subject: row.value, notBefore: row.not_before, expiresAt: row.expires_at },
  );
}

export async function purgeRevocations(db: Db, now: Date): Promise<void> {
  await db.deleteFrom("revocations").where("expires_at", "<=", now).execute();
}
