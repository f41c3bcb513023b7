import { noteAct } from "@comanda/audit";
import { type App, callerOf, houseProblem, IdParams, InstantSchema, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblem, authProblems } from "../problems.ts";
import type { PasswordResets } from "../use-cases/reset-password.ts";

const schema = {
  operationId: "reset-password",
  tags: ["staff"],
  summary: "Let somebody of the staff choose a new password",
  description:
    "At once the old one is worth nothing and every session of theirs is over. The code is shown here and never again, to be handed over; it is good once, for a day. Asked again, there is another code and this one is good no more.",
  params: IdParams,
  response: {
    201: Type.Object({ code: Type.String(), expires_at: InstantSchema }),
    ...problemResponses(
      ["unauthenticated", "forbidden", "own-account", "not-found", "internal", "unavailable"],
      authProblems,
    ),
  },
} as const;

/** `POST /customers/{id}/password/reset` */
export function resetPasswordRoute(app: App, deps: { readonly passwordResets: Pick<PasswordResets, "begin"> }): void {
  const config = { access: ["admin"], audit: "reset-password" } as const;
  app.post("/customers/:id/password/reset", { config, schema }, async (request, reply) => {
    const id = request.params.id.toLowerCase();
    if (callerOf(request).id === id) throw authProblem("own-account");
    const begun = await deps.passwordResets.begin(id, noteAct(request, { kind: "customers" }));
    if (begun === null) throw houseProblem("not-found");
    reply.code(201).header("cache-control", "no-store");
    return { code: begun.code, expires_at: begun.expiresAt.toISOString() };
  });
}
