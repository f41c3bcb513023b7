import type { Clock } from "@comanda/primitives";
import type { StaffRole } from "../domain/person.ts";
import { mayInvite } from "../domain/staff-rank.ts";
import { findInvitation, revokeInvitation } from "../storage/invitations.ts";
import type { People } from "../storage/people.ts";

/** Takes an invitation back, of those that the role `by` could have sent; says no when there is none such. */
export type RevokeInvitation = (id: string, by: StaffRole) => Promise<boolean>;

export function makeRevokeInvitation(deps: { readonly people: People; readonly clock: Clock }): RevokeInvitation {
  const { people, clock } = deps;
  return async function revokeOne(id, by) {
    const invitation = await findInvitation(people, id);
    if (invitation === null || !mayInvite(by, invitation.role)) return false;
    await revokeInvitation(people.db, id, clock.now());
    return true;
  };
}
