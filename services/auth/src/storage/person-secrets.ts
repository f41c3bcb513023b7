import type { People } from "./people.ts";
import type { PersonKey } from "./personal-data.ts";
import { rekeyPerson } from "./rekey-people.ts";

/**
 * The data key of somebody, for what they prove themselves by: it is destroyed with the person, and outlives a change of
 * the master key. Somebody from before people had keys of their own is given one here.
 * @throws Error when there is no such person
 */
export async function personKeyOf(people: People, id: string): Promise<PersonKey> {
  const wrapped = await readDataKey(people, id);
  if (wrapped !== null) return people.personalData.keyOf(id, wrapped);
  await rekeyPerson(people, id);
  const fresh = await readDataKey(people, id);
  if (fresh === null) throw new Error(`person ${id} has no data key`);
  return people.personalData.keyOf(id, fresh);
}

/** The same for somebody who has one; `null` when there is no such person by now. */
export async function findPersonKey(people: People, id: string): Promise<PersonKey | null> {
  const wrapped = await readDataKey(people, id);
  return wrapped === null ? null : people.personalData.keyOf(id, wrapped);
}

async function readDataKey(people: People, id: string): Promise<Buffer | null> {
  const row = await people.db.selectFrom("people").select("data_key").where("id", "=", id).executeTakeFirst();
  return row?.data_key ?? null;
}
