import { sql } from "kysely";
import type { Person } from "../domain/person.ts";
import type { PinGuesses } from "../domain/pin.ts";
import type { People } from "./people.ts";
import { PERSON_COLUMNS, personOf } from "./person-row.ts";
import { lockPersonKey, personKeyOf } from "./person-secrets.ts";
import type { Db } from "./sessions.ts";

/** Writes somebody's PIN down, in place of the one before: its slow hash, sealed; in the transaction of `people.db`. */
export async function writePin(
  people: People,
  pin: { readonly personId: string; readonly hash: string; readonly at: Date },
) {
  const key = await lockPersonKey(people, pin.personId);
  const unguessed = { wrong_in_a_row: 0, wrong_in_all: 0, wrong_since: null };
  const columns = { hash_sealed: key.seal("pin", pin.hash), set_at: pin.at, ...unguessed };
  await people.db
    .insertInto("pins")
    .values({ person_id: pin.personId, ...columns })
    .onConflict((conflict) => conflict.column("person_id").doUpdateSet(columns))
    .execute();
}

/** What somebody's PIN is checked against. */
export async function findPinHash(people: People, personId: string): Promise<string | null> {
  const row = await people.db
    .selectFrom("pins")
    .innerJoin("people", "people.id", "pins.person_id")
    .select(["hash_sealed", "data_key"])
    .where("person_id", "=", personId)
    .executeTakeFirst();
  return row === undefined ? null : personKeyOf(people, personId, row.data_key).open("pin", row.hash_sealed);
}

/** How often somebody's PIN was guessed at; `null` without a PIN. To be asked while `tx` holds the person. */
export async function findPinGuesses(tx: Db, personId: string): Promise<PinGuesses | null> {
  const row = await tx
    .selectFrom("pins")
    .select(["wrong_in_a_row", "wrong_in_all", "wrong_since"])
    .where("person_id", "=", personId)
    .executeTakeFirst();
  return row === undefined ? null : { inARow: row.wrong_in_a_row, inAll: row.wrong_in_all, since: row.wrong_since };
}

export async function writePinGuesses(tx: Db, personId: string, guesses: PinGuesses): Promise<void> {
  const { inARow, inAll, since } = guesses;
  await tx
    .updateTable("pins")
    .set({ wrong_in_a_row: inARow, wrong_in_all: inAll, wrong_since: since })
    .where("person_id", "=", personId)
    .execute();
}

/** A right one ends the row of wrong ones. */
export async function endWrongRow(db: Db, personId: string): Promise<void> {
  await db
    .updateTable("pins")
    .set({ wrong_in_a_row: 0 })
    .where("person_id", "=", personId)
    .where("wrong_in_a_row", ">", 0)
    .execute();
}

export async function removePin(db: Db, personId: string): Promise<void> {
  await db.deleteFrom("pins").where("person_id", "=", personId).execute();
}

const PEOPLE_MAX = 200;

/** The staff who have a PIN and may come in. */
export async function listPeopleWithPin(people: People): Promise<readonly Person[]> {
  const rows = await people.db
    .selectFrom("people")
    .select(PERSON_COLUMNS)
    .where("role", "!=", "customer")
    .where(sql<boolean>`exists (select from pins where pins.person_id = people.id)`)
    .where(sql<boolean>`not exists (select from disabled_people where disabled_people.person_id = people.id)`)
    .orderBy("id")
    .limit(PEOPLE_MAX)
    .execute();
  return rows.map((row) => personOf(people.personalData, row));
}
