import { noteAct } from "@comanda/audit";
import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblem, authProblems } from "../problems.ts";
import type { SecondFactors } from "../use-cases/second-factor.ts";

const schema = {
  operationId: "reset-second-factor",
  tags: ["staff"],
  summary: "Take the second factor from somebody who lost phone and recovery codes",
  description:
    "Not one's own: that is `POST /customers/{id}/mfa/disable`, with a code. Every session of the person ends.",
  params: IdParams,
  response: {
    204: Type.Null({ description: "It is gone" }),
    ...problemResponses(
      ["unauthenticated", "forbidden", "not-found", "own-account", "internal", "unavailable"],
      authProblems,
    ),
  },
} as const;

/** `DELETE /customers/{id}/mfa` */
export function resetSecondFactorRoute(
  app: App,
  deps: { readonly secondFactors: Pick<SecondFactors, "remove"> },
): void {
  app.delete(
    "/customers/:id/mfa",
    { config: { access: ["admin"], audit: "reset-second-factor" }, schema },
    async (request, reply) => {
      const id = request.params.id.toLowerCase();
      if (callerOf(request).id === id) throw authProblem("own-account");
      const note = noteAct(request, { kind: "customers" });
      if (!(await deps.secondFactors.remove(id, note))) throw houseProblem("not-found");
      reply.code(204);
      return null;
    },
  );
}
