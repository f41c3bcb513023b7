import { noteAct } from "@comanda/audit";
import { type App, callerOf, IdParams, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import { findPerson, type People } from "../storage/people.ts";
import type { ChangePassword } from "../use-cases/change-password.ts";
import { accountProblems, CurrentPasswordSchema, insistOn, ownId } from "./own-account.ts";
import { proofNeeded } from "./own-data.ts";
import { readPersonalInput } from "./personal-input.ts";
import { NewPasswordSchema } from "./schemas.ts";

type Deps = { readonly people: People; readonly changePassword: ChangePassword; readonly shopName: string };

const schema = {
  operationId: "change-password",
  tags: ["customers"],
  summary: "Change one's own password",
  description:
    "Needs the present one. A guest who has none leaves it out, within ten minutes of registering or of a code (`…/verification/confirm`); later, and with a CPF alone: 401, prove who you are first. Every other session of the person ends, here at once and everywhere within seconds.",
  params: IdParams,
  body: Type.Object({ current_password: Type.Optional(CurrentPasswordSchema), new_password: NewPasswordSchema }),
  response: {
    204: Type.Null({ description: "It is changed" }),
    ...accountProblems(["verification-needed", "wrong-password", "quota-exceeded"]),
  },
} as const;

/** `POST /customers/{id}/password` */
export function changePasswordRoute(app: App, deps: Deps): void {
  const config = { access: ["customer", ...STAFF], audit: "change-password" } as const;
  app.post("/customers/:id/password", { config, schema }, async (request, reply) => {
    const personId = ownId(request);
    const { level, tokenId } = callerOf(request);
    if (level === "identified") throw proofNeeded();
    const { current_password: current, new_password: next } = request.body;
    const profile = (await findPerson(deps.people, personId))?.profile;
    const input = readPersonalInput(request);
    const whose = { name: profile?.name, email: profile?.email.reveal(), shopName: deps.shopName };
    input.newPassword(next, { ...whose, field: "new_password" });
    input.check();
    const note = noteAct(request, { kind: "customers" });
    const changed = await deps.changePassword({ personId, tokenId, current: current ?? null, next, note });
    if (changed.outcome === "proof-needed") throw proofNeeded();
    insistOn(changed);
    reply.code(204);
    return null;
  });
}
