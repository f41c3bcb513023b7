import {
  type App,
  houseProblem,
  IdParams,
  InstantSchema,
  Nullable,
  problemResponses,
  STAFF,
} from "@comanda/service-kit";
import { Type } from "typebox";
import type { SecondFactors } from "../use-cases/second-factor.ts";
import { ownIdOrAnyForAdmin } from "./own-account.ts";

const schema = {
  operationId: "read-second-factor",
  tags: ["staff"],
  summary: "Say whether somebody has a second factor: oneself, or anybody as administrator",
  params: IdParams,
  response: {
    200: Type.Object(
      {
        enabled: Type.Boolean(),
        enabled_at: Nullable(InstantSchema),
        recovery_codes_left: Type.Integer(),
        required: Type.Boolean({ description: "Whether staff need one here (`STAFF_MFA`)" }),
      },
      {
        examples: [{ enabled: true, enabled_at: "2026-11-22T14:28:00.000Z", recovery_codes_left: 10, required: true }],
      },
    ),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `GET /customers/{id}/mfa` */
export function readSecondFactorRoute(
  app: App,
  deps: { readonly secondFactors: Pick<SecondFactors, "read">; readonly mfaIsRequired: boolean },
): void {
  const config = { access: STAFF, allowsEnrolment: true } as const;
  app.get("/customers/:id/mfa", { config, schema }, async (request, reply) => {
    const factor = await deps.secondFactors.read(ownIdOrAnyForAdmin(request));
    if (factor === null) throw houseProblem("not-found");
    const { enabledAt, codesLeft } = factor;
    reply.header("cache-control", "no-store");
    return {
      enabled: enabledAt !== null,
      enabled_at: enabledAt?.toISOString() ?? null,
      recovery_codes_left: codesLeft,
      required: deps.mfaIsRequired,
    };
  });
}
