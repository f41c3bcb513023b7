import { noteAct } from "@comanda/audit";
import { type App, IdParams, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ConfirmPassword } from "../use-cases/confirm-password.ts";
import type { SecondFactors } from "../use-cases/second-factor.ts";
import { accountProblems, CurrentPasswordSchema, insistOn, MfaCodeSchema, ownId } from "./own-account.ts";

type Deps = {
  readonly confirmPassword: ConfirmPassword;
  readonly secondFactors: Pick<SecondFactors, "remove">;
};

const schema = {
  operationId: "disable-second-factor",
  tags: ["staff"],
  summary: "Give up one's second factor, for instance for one on another phone",
  description: "Needs the password and a code. Every session of the person ends, the present one too.",
  params: IdParams,
  body: Type.Object({ password: CurrentPasswordSchema, mfa_code: MfaCodeSchema }),
  response: {
    204: Type.Null({ description: "It is gone" }),
    ...accountProblems(["wrong-password", "wrong-code", "quota-exceeded"]),
  },
} as const;

/** `POST /customers/{id}/mfa/disable` */
export function disableSecondFactorRoute(app: App, deps: Deps): void {
  app.post(
    "/customers/:id/mfa/disable",
    { config: { access: STAFF, audit: "disable-second-factor" }, schema },
    async (request, reply) => {
      const id = ownId(request);
      const { password, mfa_code: mfaCode } = request.body;
      insistOn(await deps.confirmPassword(id, { password, mfaCode }));
      await deps.secondFactors.remove(id, noteAct(request, { kind: "customers" }));
      reply.code(204);
      return null;
    },
  );
}
