import type { Clock } from "@comanda/primitives";
import { removePin } from "../storage/pins.ts";
import type { Db } from "../storage/sessions.ts";
import type { NoteAct } from "./act-and-note.ts";
import { endPinSessionsOf } from "./end-session.ts";

/** Takes somebody's PIN away with what they began by it, and writes that down. */
export type RemovePin = (personId: string, note: NoteAct) => Promise<void>;

export function makeRemovePin(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
}): RemovePin {
  const { db, clock, noteRevocations } = deps;
  return async function removeOne(personId, note) {
    await db.transaction().execute(async (tx) => {
      await removePin(tx, personId);
      await endPinSessionsOf(tx, personId, clock.now());
      await note(tx, personId);
    });
    await noteRevocations();
  };
}
