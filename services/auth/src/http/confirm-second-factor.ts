import { noteAct } from "@comanda/audit";
import { type App, callerOf, IdParams, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblem } from "../problems.ts";
import type { SecondFactors } from "../use-cases/second-factor.ts";
import { accountProblems, MfaCodeSchema, ownId, tooEarly } from "./own-account.ts";

/** Recovery codes, shown once. */
export const RecoveryCodesAnswer = Type.Object(
  {
    recovery_codes: Type.Array(Type.String(), {
      description: "To be kept on paper: each lets one in once in place of a code. Shown here and never again",
    }),
  },
  { examples: [{ recovery_codes: ["K7QDM-3XW2P", "9RTYH-B4NCA"] }] },
);

const schema = {
  operationId: "confirm-second-factor",
  tags: ["staff"],
  summary: "Take the second factor into use by showing a code of it",
  description:
    "From now on signing in needs a code (`mfa_code` at `POST /token`). The present session counts as one with a second factor once it is renewed; every other session of the person ends.",
  params: IdParams,
  body: Type.Object({ mfa_code: MfaCodeSchema }, { examples: [{ mfa_code: "492039" }] }),
  response: {
    200: RecoveryCodesAnswer,
    ...accountProblems(["wrong-code", "second-factor-in-use", "second-factor-not-begun", "quota-exceeded"]),
  },
} as const;

const REFUSALS = {
  "wrong-code": "wrong-code",
  "in-use": "second-factor-in-use",
  "not-begun": "second-factor-not-begun",
} as const;

/** `POST /customers/{id}/mfa/confirm` */
export function confirmSecondFactorRoute(
  app: App,
  deps: { readonly secondFactors: Pick<SecondFactors, "confirm"> },
): void {
  const config = { access: STAFF, allowsEnrolment: true, audit: "confirm-second-factor" } as const;
  app.post("/customers/:id/mfa/confirm", { config, schema }, async (request, reply) => {
    const personId = ownId(request);
    const { tokenId } = callerOf(request);
    const note = noteAct(request, { kind: "customers" });
    const confirmed = await deps.secondFactors.confirm({ personId, tokenId, code: request.body.mfa_code, note });
    if (confirmed.outcome === "too-early") throw tooEarly(confirmed.waitSeconds);
    if (confirmed.outcome === "wrong") throw authProblem("wrong-code");
    const { value: done } = confirmed;
    if (!done.ok) throw authProblem(REFUSALS[done.refusal]);
    reply.header("cache-control", "no-store");
    return { recovery_codes: [...done.value] };
  });
}
