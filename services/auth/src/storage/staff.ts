import type { StaffRole } from "../domain/person.ts";
import type { PersonRow } from "./schema.ts";
import type { Db } from "./sessions.ts";

/** Whether somebody may not come in any more. */
export async function isDisabled(db: Db, personId: string): Promise<boolean> {
  const row = await db
    .selectFrom("disabled_people")
    .select("person_id")
    .where("person_id", "=", personId)
    .executeTakeFirst();
  return row !== undefined;
}

/** What decides about somebody of the shop, locked until the transaction ends; `null` for guests and nobody. */
export async function lockStaffMember(tx: Db, id: string): Promise<Standing | null> {
  const row = await tx.selectFrom("people").select("role").where("id", "=", id).forUpdate().executeTakeFirst();
  return standingOf(tx, id, row?.role);
}

/** The same, and others may look meanwhile but not change it. */
export async function shareStaffMember(tx: Db, id: string): Promise<Standing | null> {
  const row = await tx.selectFrom("people").select("role").where("id", "=", id).forShare().executeTakeFirst();
  return standingOf(tx, id, row?.role);
}

type Standing = { readonly role: StaffRole; readonly isActive: boolean };

async function standingOf(tx: Db, id: string, role: PersonRow["role"] | undefined): Promise<Standing | null> {
  if (role === undefined || role === "customer") return null;
  return { role, isActive: !(await isDisabled(tx, id)) };
}

/** Whether `id` is the only administrator who can still come in; who waits for a new password cannot. */
export async function isLastActiveAdmin(tx: Db, id: string): Promise<boolean> {
  const other = await tx
    .selectFrom("people")
    .leftJoin("disabled_people", "disabled_people.person_id", "people.id")
    .select("people.id")
    .where("role", "=", "admin")
    .where("people.id", "!=", id)
    .where("disabled_at", "is", null)
    .where("password_hash", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return other === undefined;
}

export async function setRole(tx: Db, id: string, role: StaffRole): Promise<void> {
  await tx.updateTable("people").set({ role }).where("id", "=", id).execute();
}

export async function disablePerson(tx: Db, id: string, at: Date): Promise<void> {
  await tx
    .insertInto("disabled_people")
    .values({ person_id: id, disabled_at: at })
    .onConflict((conflict) => conflict.column("person_id").doNothing())
    .execute();
}

export async function enablePerson(tx: Db, id: string): Promise<void> {
  await tx.deleteFrom("disabled_people").where("person_id", "=", id).execute();
}

/** Gives somebody a password, or takes it away. */
export async function setPasswordHash(tx: Db, id: string, passwordHash: string | null): Promise<void> {
  await tx.updateTable("people").set({ password_hash: passwordHash }).where("id", "=", id).execute();
}

/** Writes down what lets somebody choose a new password, in place of what did before. */
export async function writePasswordReset(
  tx: Db,
  reset: { readonly personId: string; readonly codeDigest: Buffer; readonly expiresAt: Date },
): Promise<void> {
  const columns = { code_digest: reset.codeDigest, expires_at: reset.expiresAt };
  await tx
    .insertInto("password_resets")
    .values({ person_id: reset.personId, ...columns })
    .onConflict((conflict) => conflict.column("person_id").doUpdateSet(columns))
    .execute();
}

/** Whose new password a code is good for. */
export async function findPasswordReset(db: Db, codeDigest: Buffer, now: Date): Promise<string | null> {
  const row = await db
    .selectFrom("password_resets")
    .select("person_id")
    .where("code_digest", "=", codeDigest)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return row?.person_id ?? null;
}

/** Takes back every code for a new password that was handed out and not used. */
export async function dropPasswordResets(tx: Db): Promise<void> {
  await tx.deleteFrom("password_resets").execute();
}

/** Spends the code; of two at once, one does. */
export async function takePasswordReset(tx: Db, codeDigest: Buffer, now: Date): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("password_resets")
    .where("code_digest", "=", codeDigest)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Who of these people is disabled, and who has a second factor in use. */
export async function readStaffStates(
  db: Db,
  ids: readonly string[],
): Promise<{ readonly disabled: ReadonlySet<string>; readonly withSecondFactor: ReadonlySet<string> }> {
  if (ids.length === 0) return { disabled: new Set(), withSecondFactor: new Set() };
  const disabled = await db.selectFrom("disabled_people").select("person_id").where("person_id", "in", ids).execute();
  const factors = await db
    .selectFrom("second_factors")
    .select("person_id")
    .where("person_id", "in", ids)
    .where("confirmed_at", "is not", null)
    .execute();
  const idsOf = (rows: readonly { readonly person_id: string }[]) => new Set(rows.map((row) => row.person_id));
  return { disabled: idsOf(disabled), withSecondFactor: idsOf(factors) };
}
