import { removePin } from "../storage/pins.ts";
import type { Db } from "../storage/sessions.ts";
import type { NoteAct } from "./act-and-note.ts";

/** Takes somebody's PIN away, and writes that down with it. */
export type RemovePin = (personId: string, note: NoteAct) => Promise<void>;

export function makeRemovePin({ db }: { readonly db: Db }): RemovePin {
  return async function removeOne(personId, note) {
    await db.transaction().execute(async (tx) => {
      await removePin(tx, personId);
      await note(tx, personId);
    });
  };
}
