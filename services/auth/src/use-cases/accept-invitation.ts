import { type Clock, newId, ok, type Result, refuse } from "@comanda/primitives";
import type { Cpf } from "../domain/cpf.ts";
import type { Person } from "../domain/person.ts";
import { mayInvite } from "../domain/staff-rank.ts";
import { lockInvitation, markInvitationAccepted } from "../storage/invitations.ts";
import { insertPerson, type People, type Taken } from "../storage/people.ts";
import { digestOf } from "../storage/refresh-secret.ts";
import { shareStaffMember } from "../storage/staff.ts";
import type { NoteAct } from "./act-and-note.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Makes the account that an invitation is for, once. `unusable` says nothing of why: used, taken back, over, or never there. */
export type AcceptInvitation = (given: {
  readonly code: string;
  readonly name: string;
  readonly cpf: Cpf | null;
  readonly password: string;
  readonly note: NoteAct;
}) => Promise<Result<Person, Taken | "unusable">>;

export function makeAcceptInvitation(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
}): AcceptInvitation {
  const { people, passwords, clock } = deps;

  return async function acceptInvitation({ code, name, cpf, password, note }) {
    const passwordHash = await passwords.hash(password);
    const accepted = people.db.transaction().execute(async (tx): Promise<Result<Person, "unusable">> => {
      const within = { ...people, db: tx };
      const now = clock.now();
      const invitation = await lockInvitation(within, digestOf(code), now);
      if (invitation === null) return refuse("unusable");
      // Who asked may have been given another role, or been kept out, since: their word is no good then.
      const inviter = await shareStaffMember(tx, invitation.invitedBy);
      if (!inviter?.isActive || !mayInvite(inviter.role, invitation.role)) return refuse("unusable");
      const profile = { name, email: invitation.email, cpf };
      const person: Person = { id: newId(), createdAt: now, role: invitation.role, level: null, profile };
      // Before the insert, for a refused one spoils the transaction, and then nothing of it remains.
      await markInvitationAccepted(tx, invitation.id, now);
      const written = await insertPerson(within, { person, passwordHash, consentedAt: null }, null);
      if (written.ok) {
        await note(tx, person.id, { role: person.role, invitation: invitation.id });
        return ok(person);
      }
      if (written.refusal === "repeated") throw new Error("an account of an invitation has no request key");
      throw new TakenError(written.refusal);
    });
    return accepted.catch((error: unknown) => {
      if (error instanceof TakenError) return refuse(error.taken);
      throw error;
    });
  };
}

class TakenError extends Error {
  override readonly name = "TakenError";
  readonly taken: Taken;

  constructor(taken: Taken) {
    super(taken);
    this.taken = taken;
  }
}
