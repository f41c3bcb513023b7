import { noteAct } from "@comanda/audit";
import { type App, IdParams, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ConfirmPassword } from "../use-cases/confirm-password.ts";
import type { SecondFactors } from "../use-cases/second-factor.ts";
import { RecoveryCodesAnswer } from "./confirm-second-factor.ts";
import { accountProblems, CurrentPasswordSchema, insistOn, MfaCodeSchema, ownId } from "./own-account.ts";

type Deps = {
  readonly confirmPassword: ConfirmPassword;
  readonly secondFactors: Pick<SecondFactors, "renewCodes">;
};

const schema = {
  operationId: "renew-recovery-codes",
  tags: ["staff"],
  summary: "Get new recovery codes; the old ones are good no more",
  params: IdParams,
  body: Type.Object({ password: CurrentPasswordSchema, mfa_code: MfaCodeSchema }),
  response: { 200: RecoveryCodesAnswer, ...accountProblems(["wrong-password", "wrong-code", "quota-exceeded"]) },
} as const;

/** `POST /customers/{id}/mfa/recovery-codes` */
export function renewRecoveryCodesRoute(app: App, deps: Deps): void {
  app.post(
    "/customers/:id/mfa/recovery-codes",
    { config: { access: STAFF, audit: "renew-recovery-codes" }, schema },
    async (request, reply) => {
      const id = ownId(request);
      const { password, mfa_code: mfaCode } = request.body;
      insistOn(await deps.confirmPassword(id, { password, mfaCode }));
      reply.header("cache-control", "no-store");
      const codes = await deps.secondFactors.renewCodes(id, noteAct(request, { kind: "customers" }));
      return { recovery_codes: [...codes] };
    },
  );
}
