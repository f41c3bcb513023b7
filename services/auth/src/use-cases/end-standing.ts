import type { StaffRole } from "../domain/person.ts";
import { revokeInvitationsBy } from "../storage/invitations.ts";
import type { Db } from "../storage/sessions.ts";
import { dropPasswordResets } from "../storage/staff.ts";

/**
 * Takes back what somebody of the shop could come in again by, as a part of the transaction `tx` that keeps them out or
 * gives them a lesser role: the invitations they wrote, and, of an administrator, the codes for new passwords. Who asked for
 * such a code is not kept, so that all of them go; there is hardly ever one, and another is a matter of a moment.
 */
export async function endStanding(
  tx: Db,
  who: { readonly id: string; readonly role: StaffRole },
  now: Date,
): Promise<void> {
  await revokeInvitationsBy(tx, who.id, now);
  if (who.role === "admin") await dropPasswordResets(tx);
}
