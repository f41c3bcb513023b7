import { newId } from "@comanda/primitives";
import type { Consent } from "../domain/consent.ts";
import type { Db } from "./sessions.ts";

/** Adds to the ledger of a person; `false` when there is no such person. */
export async function appendConsent(db: Db, personId: string, consent: Consent): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("consents")
    .columns(["id", "person_id", "purpose", "version", "is_given", "how", "at"])
    .expression((eb) =>
      eb
        .selectFrom("people")
        .select((row) => [
          row.val(newId()).$castTo<string>().as("id"),
          "people.id as person_id",
          row.val(consent.purpose).$castTo<Consent["purpose"]>().as("purpose"),
          row.val(consent.version).as("version"),
          row.val(consent.isGiven).as("is_given"),
          row.val(consent.how).$castTo<Consent["how"]>().as("how"),
          row.val(consent.at).as("at"),
        ])
        .where("people.id", "=", personId),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** What somebody said, oldest first. */
export async function listConsents(db: Db, personId: string): Promise<readonly Consent[]> {
  const rows = await db
    .selectFrom("consents")
    .select(["purpose", "version", "is_given", "how", "at"])
    .where("person_id", "=", personId)
    .orderBy("at")
    .orderBy("id")
    .execute();
  return rows.map(({ is_given: isGiven, ...row }) => ({ ...row, isGiven }));
}
