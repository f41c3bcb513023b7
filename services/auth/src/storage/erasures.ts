import { newId } from "@comanda/primitives";
import { sql } from "kysely";
import type { ErasingService } from "../domain/erasure.ts";
import type { ErasureRow } from "./privacy-rows.ts";
import type { Db } from "./sessions.ts";

/** The receipt of an erasure: what was done where, and when. */
export type Erasure = {
  readonly id: string;
  readonly erasedAt: Date;
  readonly orderErasedAt: Date | null;
  readonly paymentErasedAt: Date | null;
};

/** Writes the receipt, in the transaction of the erasure. */
export async function insertErasure(
  tx: Db,
  given: { readonly personId: string; readonly askedBy: ErasureRow["asked_by"]; readonly at: Date },
): Promise<Erasure> {
  const id = newId();
  await tx
    .insertInto("erasures")
    .values({
      id,
      person_id: given.personId,
      asked_by: given.askedBy,
      erased_at: given.at,
      order_erased_at: null,
      payment_erased_at: null,
    })
    .execute();
  return { id, erasedAt: given.at, orderErasedAt: null, paymentErasedAt: null };
}

export async function findErasure(db: Db, id: string): Promise<Erasure | null> {
  const row = await db
    .selectFrom("erasures")
    .select(["id", "erased_at", "order_erased_at", "payment_erased_at"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { order_erased_at: orderErasedAt, payment_erased_at: paymentErasedAt } = row;
  return { id: row.id, erasedAt: row.erased_at, orderErasedAt, paymentErasedAt };
}

/** Notes that a service has done its part; the first time counts. */
export async function noteErasedBy(db: Db, id: string, done: { readonly service: ErasingService; readonly at: Date }) {
  const column = done.service === "order" ? "order_erased_at" : "payment_erased_at";
  await db
    .updateTable("erasures")
    .set({ [column]: done.at })
    .where("id", "=", id)
    .where(column, "is", null)
    .execute();
}

/** Somebody who was erased, for as long as it is known who. */
export type ErasedPerson = { readonly personId: string; readonly erasure: Pick<Erasure, "id" | "erasedAt"> };

/** People who are here again although they were erased, or their sign-ins: a backup was put back. */
export async function listReturned(db: Db): Promise<readonly ErasedPerson[]> {
  const { rows } = await sql<ErasedRow>`
    select e.id, e.person_id, e.erased_at from erasures e
    where exists (select from people p where p.id = e.person_id)
      or exists (select from sessions s where s.subject = e.person_id)`.execute(db);
  return rows.flatMap(erasedPersonOf);
}

/** Everybody who was erased and whom a backup could bring back. */
export async function listErased(db: Db): Promise<readonly ErasedPerson[]> {
  const rows = await db
    .selectFrom("erasures")
    .select(["id", "person_id", "erased_at"])
    .where("person_id", "is not", null)
    .orderBy("id")
    .execute();
  return rows.flatMap(erasedPersonOf);
}

type ErasedRow = Pick<ErasureRow, "id" | "person_id" | "erased_at">;

function erasedPersonOf({ id, person_id: personId, erased_at: erasedAt }: ErasedRow): readonly ErasedPerson[] {
  return personId === null ? [] : [{ personId, erasure: { id, erasedAt } }];
}

/** Forgets whom receipts were about, once no backup can bring them back, and receipts of long ago. */
export async function purgeErasures(db: Db, before: { readonly person: Date; readonly receipt: Date }): Promise<void> {
  await db
    .updateTable("erasures")
    .set({ person_id: null })
    .where("person_id", "is not", null)
    .where("erased_at", "<", before.person)
    .where("order_erased_at", "is not", null)
    .where("payment_erased_at", "is not", null)
    .execute();
  await db.deleteFrom("erasures").where("erased_at", "<", before.receipt).execute();
}
