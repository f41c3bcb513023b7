import { noteAct } from "@comanda/audit";
import { type App, callerOf, houseProblem, IdParams, problemResponses, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import type { RevokeSession } from "../use-cases/revoke-session.ts";

const schema = {
  operationId: "revoke-session",
  tags: ["customers"],
  summary: "End a session: one's own, or anybody's as administrator",
  description: "Its tokens are refused here at once and everywhere within seconds.",
  params: IdParams,
  response: {
    204: Type.Null({ description: "It is over, or was" }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `DELETE /customers/sessions/{id}` */
export function revokeSessionRoute(app: App, deps: { readonly revokeSession: RevokeSession }): void {
  const config = { access: ["customer", ...STAFF], audit: "revoke-session", auditKind: "sessions" } as const;
  app.delete("/customers/sessions/:id", { config, schema }, async (request, reply) => {
    const { id: caller, role, level } = callerOf(request);
    if (role === "customer" && level !== "registered") throw houseProblem("forbidden");
    const subject = role === "admin" ? null : caller;
    const note = noteAct(request, { kind: "sessions" });
    if (!(await deps.revokeSession(request.params.id.toLowerCase(), subject, note))) throw houseProblem("not-found");
    reply.code(204);
    return null;
  });
}
