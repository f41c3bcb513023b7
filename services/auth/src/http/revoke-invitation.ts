import { noteAct } from "@comanda/audit";
import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { RevokeInvitation } from "../use-cases/revoke-invitation.ts";

const schema = {
  operationId: "revoke-invitation",
  tags: ["staff"],
  summary: "Take an invitation back",
  params: IdParams,
  response: {
    204: Type.Null({ description: "It is good for nothing any more, or was not" }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `DELETE /customers/invitations/{id}` */
export function revokeInvitationRoute(app: App, deps: { readonly revokeInvitation: RevokeInvitation }): void {
  const config = { access: ["admin", "manager"], audit: "revoke-invitation", auditKind: "invitations" } as const;
  app.delete("/customers/invitations/:id", { config, schema }, async (request, reply) => {
    const by = callerOf(request).role === "admin" ? "admin" : "manager";
    const note = noteAct(request, { kind: "invitations" });
    if (!(await deps.revokeInvitation(request.params.id.toLowerCase(), by, note))) throw houseProblem("not-found");
    reply.code(204);
    return null;
  });
}
