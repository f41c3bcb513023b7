import { type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { type Erasure, insertErasure } from "../storage/erasures.ts";
import { findPerson, lockAdministrators, type People } from "../storage/people.ts";
import type { Db } from "../storage/sessions.ts";
import { isLastActiveAdmin } from "../storage/staff.ts";
import { endStanding } from "./end-standing.ts";
import { forgetPerson, sayErased } from "./forget-person.ts";

/**
 * Erases a person: the row goes with the key that sealed what it held, every session ends, and an event tells the other
 * services, all in one transaction. What they still do is on the receipt.
 */
export type EraseCustomer = (given: {
  readonly id: string;
  readonly askedBy: "self" | "admin";
  /** Writes the act down, in the transaction of the act. */
  readonly note: (tx: Db, id: string) => Promise<void>;
}) => Promise<Result<Erasure, "unknown" | "last-admin">>;

export function makeEraseCustomer(deps: {
  readonly people: People;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
  readonly wakeRelay: () => void;
  /** Removes letters in the clear, where there are any, whose codes have gone. */
  readonly tidyLetters: () => Promise<void>;
}): EraseCustomer {
  const { people, clock, noteRevocations, wakeRelay, tidyLetters } = deps;

  return async function eraseCustomer({ id, askedBy, note }) {
    const erased = await people.db.transaction().execute(async (tx) => {
      const within = { ...people, db: tx };
      const person = await findPerson(within, id);
      if (person === null) return refuse("unknown" as const);
      if (person.role === "admin") {
        // Two administrators who erase each other at once must not both be gone.
        await lockAdministrators(within);
        if (await isLastActiveAdmin(tx, id)) return refuse("last-admin" as const);
      }
      if (person.role !== "customer") await endStanding(tx, { id, role: person.role }, clock.now());
      const erasure = await erase(tx, { id, askedBy, now: clock.now() });
      await note(tx, id);
      return ok(erasure);
    });
    if (!erased.ok) return erased;
    await noteRevocations();
    await tidyLetters();
    wakeRelay();
    return erased;
  };
}

async function erase(
  tx: Db,
  { id, askedBy, now }: { readonly id: string; readonly askedBy: "self" | "admin"; readonly now: Date },
): Promise<Erasure> {
  await forgetPerson(tx, id, now);
  const erasure = await insertErasure(tx, { personId: id, askedBy, at: now });
  await sayErased(tx, { personId: id, erasure, now });
  return erasure;
}
