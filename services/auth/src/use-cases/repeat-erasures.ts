import type { Clock } from "@comanda/primitives";
import { listErased, listReturned } from "../storage/erasures.ts";
import type { People } from "../storage/people.ts";
import { forgetPerson, sayErased } from "./forget-person.ts";

type Deps = { readonly people: Pick<People, "db">; readonly clock: Clock };

/**
 * Erases again whoever came back with a backup, as thoroughly as the first time, and tells the other services again:
 * their backups may have been put back too.
 * @returns how many
 */
export async function eraseReturned({ people: { db }, clock }: Deps): Promise<number> {
  const returned = await listReturned(db);
  const now = clock.now();
  for (const { personId, erasure } of returned) {
    await db.transaction().execute(async (tx) => {
      await forgetPerson(tx, personId, now);
      await sayErased(tx, { personId, erasure, now });
    });
  }
  return returned.length;
}

/**
 * Tells the other services of everybody again who was erased for as long as a backup could bring them back: for the start
 * after a backup of order or payment was put back (docs/privacy).
 * @returns how many people
 */
export async function repeatErasures({ people: { db }, clock }: Deps): Promise<number> {
  const erased = await listErased(db);
  const now = clock.now();
  for (const { personId, erasure } of erased) {
    await db.transaction().execute((tx) => sayErased(tx, { personId, erasure, now }));
  }
  return erased.length;
}
