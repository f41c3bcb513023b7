import type { People } from "./people.ts";
import type { PersonKey } from "./personal-data.ts";
import { rekeyPerson } from "./rekey-people.ts";

/**
 * The data key of somebody, to seal something with in the transaction of `people.db`: the row stays locked until it ends,
 * for another master key brings another data key, and what was sealed under the former one must be there to be sealed
 * anew. Somebody from before people had keys of their own is given one here.
 * @throws Error when there is no such person
 */
export async function lockPersonKey(people: People, id: string): Promise<PersonKey> {
  const wrapped = await lockDataKey(people, id);
  if (wrapped !== null) return people.personalData.keyOf(id, wrapped);
  await rekeyPerson(people, id);
  return personKeyOf(people, id, await lockDataKey(people, id));
}

/**
 * The key that opens a secret. `wrapped` is read in the statement that reads the secret: one read later might be the
 * next one.
 */
export function personKeyOf({ personalData }: People, id: string, wrapped: Buffer | null): PersonKey {
  if (wrapped === null) throw new Error(`person ${id} has no data key`);
  return personalData.keyOf(id, wrapped);
}

async function lockDataKey(people: People, id: string): Promise<Buffer | null> {
  const rows = people.db.selectFrom("people").select("data_key").where("id", "=", id);
  return (await rows.forNoKeyUpdate().executeTakeFirst())?.data_key ?? null;
}
