import { noteInAudit } from "@comanda/audit";
import { type Clock, newId } from "@comanda/primitives";
import type { Log } from "@comanda/service-kit";
import type { NoteAct } from "../use-cases/act-and-note.ts";

/** Says that somebody's PIN was guessed at until it was ended: in the log, and in the audit trail. */
export function notePinEnded(
  request: { readonly ip: string; readonly id: string; readonly log: Pick<Log, "error"> },
  clock: Clock,
): NoteAct {
  return async function noteEnded(tx, personId, details = {}) {
    request.log.error({ alarm: "pin-guessed", person: personId }, "somebody guessed at a PIN; it is ended");
    await noteInAudit(tx, {
      id: newId(),
      at: clock.now(),
      action: "end-pin",
      outcome: "ok",
      // Whoever stood there did not say who they are.
      actor: null,
      target: { kind: "customers", id: personId },
      details,
      address: request.ip,
      requestId: request.id,
    });
  };
}
