import { noteShown } from "@comanda/audit";
import { type App, callerOf, InstantSchema, Nullable, PageOf, pageQuery, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import { mayInvite } from "../domain/staff-rank.ts";
import { listInvitations } from "../storage/invitations.ts";
import type { People } from "../storage/people.ts";
import { invitationMembers, viewOfInvitation } from "./invitation-view.ts";
import { pageOf, readCursor } from "./page-cursor.ts";

const Item = Type.Object({
  ...invitationMembers,
  invited_by: Type.String({ format: "uuid" }),
  accepted_at: Nullable(InstantSchema),
  revoked_at: Nullable(InstantSchema),
});

const schema = {
  operationId: "list-invitations",
  tags: ["staff"],
  summary: "List invitations, newest first",
  description: "Managers see those they could have sent themselves. What is long over is removed.",
  querystring: Type.Object(pageQuery),
  response: {
    200: PageOf(Item),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /customers/invitations` */
export function listInvitationsRoute(app: App, { people }: { readonly people: People }): void {
  const config = { access: ["admin", "manager"], audit: "list-invitations" } as const;
  app.get("/customers/invitations", { config, schema }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const rank = callerOf(request).role === "admin" ? "admin" : "manager";
    const roles = STAFF_ROLES.filter((role) => mayInvite(rank, role));
    const before = cursor === undefined ? undefined : readCursor(cursor);
    const page = pageOf(await listInvitations(people, { roles, before, limit: limit + 1 }), limit);
    noteShown(request, { items: page.items });
    reply.header("cache-control", "no-store");
    const items = page.items.map((invitation) => ({
      ...viewOfInvitation(invitation),
      invited_by: invitation.invitedBy,
      accepted_at: invitation.acceptedAt?.toISOString() ?? null,
      revoked_at: invitation.revokedAt?.toISOString() ?? null,
    }));
    return { ...page, items };
  });
}
