import { InstantSchema } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import type { Invitation } from "../storage/invitations.ts";

/** The members of an invitation on the wire. */
export const invitationMembers = {
  id: Type.String({ format: "uuid" }),
  email: Type.String(),
  role: Type.Enum(STAFF_ROLES),
  created_at: InstantSchema,
  expires_at: InstantSchema,
};

export function viewOfInvitation(invitation: Pick<Invitation, "id" | "role" | "email" | "createdAt" | "expiresAt">) {
  return {
    id: invitation.id,
    email: invitation.email.reveal(),
    role: invitation.role,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
  };
}
