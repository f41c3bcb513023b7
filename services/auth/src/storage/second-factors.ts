import type { Db } from "./sessions.ts";

/** Somebody's second factor as it is kept, and the wrapped data key that opens it. */
export type SecondFactor = {
  readonly secretSealed: Buffer;
  readonly dataKey: Buffer | null;
  readonly offeredAt: Date;
  readonly confirmedAt: Date | null;
};

export async function findSecondFactor(db: Db, personId: string): Promise<SecondFactor | null> {
  const row = await db
    .selectFrom("second_factors")
    .innerJoin("people", "people.id", "second_factors.person_id")
    .select(["secret_sealed", "data_key", "second_factors.created_at", "confirmed_at"])
    .where("person_id", "=", personId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { created_at: offeredAt, confirmed_at: confirmedAt } = row;
  return { secretSealed: row.secret_sealed, dataKey: row.data_key, offeredAt, confirmedAt };
}

/** Writes a secret down that has yet to be confirmed, in place of one that never was; a confirmed one stays. */
export async function offerSecondFactor(
  db: Db,
  offer: { readonly personId: string; readonly secretSealed: Buffer; readonly at: Date },
): Promise<"offered" | "in-use"> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("second_factors")
    .values({
      person_id: offer.personId,
      secret_sealed: offer.secretSealed,
      created_at: offer.at,
      confirmed_at: null,
      last_step: 0,
    })
    .onConflict((conflict) =>
      conflict
        .column("person_id")
        .doUpdateSet({ secret_sealed: offer.secretSealed, created_at: offer.at, last_step: 0 })
        .where("second_factors.confirmed_at", "is", null),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n ? "offered" : "in-use";
}

/** Takes the factor into use; of two at once, one does. */
export async function confirmSecondFactor(db: Db, personId: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("second_factors")
    .set({ confirmed_at: at })
    .where("person_id", "=", personId)
    .where("confirmed_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Notes that the code of `step` was used; says no when it, or a later one, was used before. */
export async function spendStep(db: Db, personId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("second_factors")
    .set({ last_step: step })
    .where("person_id", "=", personId)
    .where("last_step", "<", step)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function removeSecondFactor(db: Db, personId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("second_factors").where("person_id", "=", personId).executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Gives somebody new recovery codes; the old ones are good no more. */
export async function replaceRecoveryCodes(db: Db, personId: string, digests: readonly Buffer[]): Promise<void> {
  await db.deleteFrom("recovery_codes").where("person_id", "=", personId).execute();
  await db
    .insertInto("recovery_codes")
    .values(digests.map((digest) => ({ person_id: personId, digest, used_at: null })))
    .execute();
}

/** Spends a recovery code; of two at once, one does. */
export async function spendRecoveryCode(
  db: Db,
  code: { readonly personId: string; readonly digest: Buffer },
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("recovery_codes")
    .set({ used_at: at })
    .where("person_id", "=", code.personId)
    .where("digest", "=", code.digest)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function countRecoveryCodes(db: Db, personId: string): Promise<number> {
  const row = await db
    .selectFrom("recovery_codes")
    .select((eb) => eb.fn.countAll<string>().as("left"))
    .where("person_id", "=", personId)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return Number(row?.left ?? 0);
}
