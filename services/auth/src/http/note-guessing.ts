import type { AuditTrail } from "@comanda/audit";
import { type Clock, newId } from "@comanda/primitives";
import type { Log } from "@comanda/service-kit";
import { CODE_ATTEMPTS } from "../domain/attempts.ts";

/** Says that the codes of a person were guessed at until no more are looked at: in the log, and in the audit trail. */
export type NoteGuessing = (
  request: { readonly ip: string; readonly id: string; readonly log: Pick<Log, "error"> },
  personId: string,
) => Promise<void>;

/** Once for each day of guessing: what is refused after that adds nothing, or a guesser could fill the trail. */
export function makeNoteGuessing(deps: { readonly trail: AuditTrail; readonly clock: Clock }): NoteGuessing {
  return async function noteGuessing(request, personId) {
    request.log.error({ alarm: "codes-guessed", person: personId }, "somebody guesses at the codes of a guest");
    await deps.trail.append({
      id: newId(),
      at: deps.clock.now(),
      action: "guess-code",
      outcome: "refused",
      actor: null,
      target: { kind: "customers", id: personId },
      details: { wrong: CODE_ATTEMPTS.perWindowMax, within_seconds: CODE_ATTEMPTS.windowSeconds },
      address: request.ip,
      requestId: request.id,
    });
  };
}
