import type { Clock } from "@comanda/primitives";
import type { StaffRole } from "../domain/person.ts";
import { mayInvite } from "../domain/staff-rank.ts";
import { findInvitation, revokeInvitation } from "../storage/invitations.ts";
import type { People } from "../storage/people.ts";
import type { NoteAct } from "./act-and-note.ts";

/** Takes an invitation back, of those that the role `by` could have sent; says no when there is none such. */
export type RevokeInvitation = (id: string, by: StaffRole, note: NoteAct) => Promise<boolean>;

export function makeRevokeInvitation(deps: { readonly people: People; readonly clock: Clock }): RevokeInvitation {
  const { people, clock } = deps;
  return async function revokeOne(id, by, note) {
    const invitation = await findInvitation(people, id);
    if (invitation === null || !mayInvite(by, invitation.role)) return false;
    await people.db.transaction().execute(async (tx) => {
      await revokeInvitation(tx, id, clock.now());
      await note(tx, id, { role: invitation.role });
    });
    return true;
  };
}
