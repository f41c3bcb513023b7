import type { Clock } from "@comanda/primitives";
import { type Db, lockSession } from "../storage/sessions.ts";
import type { NoteAct } from "./act-and-note.ts";
import { endSession } from "./end-session.ts";

/** Ends one session, of `subject` when that is said; says no when there is none such. To do it again changes nothing. */
export type RevokeSession = (id: string, subject: string | null, note: NoteAct) => Promise<boolean>;

export function makeRevokeSession(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
}): RevokeSession {
  return async function revokeSession(id, subject, note) {
    const isKnown = await deps.db.transaction().execute(async (tx) => {
      const session = await lockSession(tx, id);
      if (session === null || (subject !== null && session.subject.id !== subject)) return false;
      await endSession(tx, id, deps.clock.now());
      await note(tx, id, { [session.subject.kind]: session.subject.id });
      return true;
    });
    if (isKnown) await deps.noteRevocations();
    return isKnown;
  };
}
