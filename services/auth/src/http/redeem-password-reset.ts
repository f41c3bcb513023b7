import { noteAct } from "@comanda/audit";
import type { App } from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblem } from "../problems.ts";
import type { PasswordResets } from "../use-cases/reset-password.ts";
import { accountProblems, HandedCodeSchema } from "./own-account.ts";
import { readPersonalInput } from "./personal-input.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { NewPasswordSchema } from "./schemas.ts";

type Deps = {
  readonly passwordResets: Pick<PasswordResets, "find" | "redeem">;
  readonly shopName: string;
  readonly limits: Pick<AuthLimits, "register">;
};

const schema = {
  operationId: "redeem-password-reset",
  tags: ["staff"],
  summary: "Choose a new password with the code an administrator handed over",
  description: "A second factor stays as it is. A code that is used, over or none answers the same 404.",
  body: Type.Object({ code: HandedCodeSchema, password: NewPasswordSchema }),
  response: {
    204: Type.Null({ description: "Sign in with it at `POST /token`" }),
    ...accountProblems(["code-unusable", "quota-exceeded"]),
  },
} as const;

/** `POST /customers/password` */
export function redeemPasswordResetRoute(app: App, deps: Deps): void {
  const route = {
    config: { access: "public", audit: "redeem-password-reset" },
    schema,
    preHandler: deps.limits.register,
  } as const;
  app.post("/customers/password", route, async (request, reply) => {
    const { code, password } = request.body;
    const person = await deps.passwordResets.find(code);
    if (person === null) throw authProblem("code-unusable");
    // Nobody is signed in: the code is who they are.
    request.audit.add({ actor: { id: person.id, role: person.role }, target: { kind: "customers", id: person.id } });
    const input = readPersonalInput(request);
    const whose = { name: person.profile?.name, email: person.profile?.email.reveal(), shopName: deps.shopName };
    input.newPassword(password, whose);
    input.check();
    const note = noteAct(request, { kind: "customers" });
    if (!(await deps.passwordResets.redeem({ person, code, password, note }))) throw authProblem("code-unusable");
    reply.code(204);
    return null;
  });
}
