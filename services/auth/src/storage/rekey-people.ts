import type { People } from "./people.ts";
import { PERSON_COLUMNS, personOf, sealProfile } from "./person-row.ts";

/** Ids of people whose data key is not wrapped by the present master key, in order. */
export async function listPeopleToRekey(
  people: People,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const present = people.personalData.masterKeyId;
  if (present === null) return [];
  let statement = people.db
    .selectFrom("people")
    .select("id")
    .where("email_index", "is not", null)
    .where((eb) => eb.or([eb("data_key_id", "is", null), eb("data_key_id", "!=", present)]));
  if (page.after !== null) statement = statement.where("id", ">", page.after);
  const rows = await statement.orderBy("id").limit(page.limit).execute();
  return rows.map(({ id }) => id);
}

/**
 * Brings one person under the present master key: the data key is wrapped anew, the digests they are found by are made
 * anew, and what an old row held under the master key itself is sealed under a key of its own. One transaction with the
 * row locked: everybody else reads the row before or the row after.
 */
export async function rekeyPerson(people: People, id: string): Promise<void> {
  const { personalData } = people;
  await people.db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom("people")
      .select(PERSON_COLUMNS)
      .where("id", "=", id)
      .where("email_index", "is not", null)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return;
    const { profile } = personOf(personalData, row);
    const columns = sealProfile(personalData, { id, profile, dataKey: row.data_key });
    await tx.updateTable("people").set(columns).where("id", "=", id).execute();
  });
}
