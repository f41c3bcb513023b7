import { sql } from "kysely";
import type { Db } from "./sessions.ts";

/** What stands outside the row of a person and is sealed under the person's data key. */
export type NamedSecret = {
  readonly field: "totp" | "pin" | "letter";
  /** The key of its row. */
  readonly rowId: string;
  readonly sealed: Buffer;
};

/**
 * The sealed secrets of people, by person. Whoever writes one holds the row of the person (`lockPersonKey`): with those
 * rows locked, none is added or changed.
 */
export async function readSecrets(
  tx: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly NamedSecret[]>> {
  const byPerson = new Map<string, NamedSecret[]>();
  if (ids.length === 0) return byPerson;
  const { rows } = await sql<NamedSecret & { readonly personId: string }>`
    select 'totp' as field, person_id as "rowId", person_id as "personId", secret_sealed as sealed
    from second_factors where person_id = any(${ids}::uuid[])
    union all
    select 'pin', person_id, person_id, hash_sealed from pins where person_id = any(${ids}::uuid[])
    union all
    select 'letter', l.verification_id, v.person_id, l.content_sealed
    from verifications v join letters l on l.verification_id = v.id where v.person_id = any(${ids}::uuid[])`.execute(
    tx,
  );
  for (const { personId, ...secret } of rows) byPerson.set(personId, [...(byPerson.get(personId) ?? []), secret]);
  return byPerson;
}

/** Puts secrets sealed anew in the place of the former ones; one that is gone meanwhile stays gone. */
export async function replaceSecrets(tx: Db, secrets: readonly NamedSecret[]): Promise<void> {
  for (const { field, rowId, sealed } of secrets) {
    if (field === "totp")
      await tx.updateTable("second_factors").set({ secret_sealed: sealed }).where("person_id", "=", rowId).execute();
    else if (field === "pin")
      await tx.updateTable("pins").set({ hash_sealed: sealed }).where("person_id", "=", rowId).execute();
    else await tx.updateTable("letters").set({ content_sealed: sealed }).where("verification_id", "=", rowId).execute();
  }
}
