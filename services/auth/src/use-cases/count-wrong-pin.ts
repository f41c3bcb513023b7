import type { Clock } from "@comanda/primitives";
import { afterWrongPin, isGuessedAway } from "../domain/pin.ts";
import { lockPerson } from "../storage/people.ts";
import { findPinGuesses, removePin, writePinGuesses } from "../storage/pins.ts";
import type { Db } from "../storage/sessions.ts";
import type { NoteAct } from "./act-and-note.ts";
import { endPinSessionsOf } from "./end-session.ts";

/** Holds a wrong try against somebody's PIN; one too many, and the PIN is gone with what was begun by it. */
type CountWrongPin = (personId: string, onEnded: NoteAct) => Promise<void>;

export function makeCountWrongPin(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
}): CountWrongPin {
  const { db, clock, noteRevocations } = deps;

  return async function countWrongPin(personId, onEnded) {
    const hasEnded = await db.transaction().execute(async (tx) => {
      // Tries come from several screens and processes at once; none of them may be lost.
      await lockPerson(tx, personId);
      const guesses = await findPinGuesses(tx, personId);
      if (guesses === null) return false;
      const now = clock.now();
      const counted = afterWrongPin(guesses, now);
      if (!isGuessedAway(counted)) {
        await writePinGuesses(tx, personId, counted);
        return false;
      }
      await removePin(tx, personId);
      await endPinSessionsOf(tx, personId, now);
      await onEnded(tx, personId, { wrong_in_a_row: counted.inARow, wrong_in_all: counted.inAll });
      return true;
    });
    if (hasEnded) await noteRevocations();
  };
}
