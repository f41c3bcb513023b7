import { noteAct } from "@comanda/audit";
import type { Clock } from "@comanda/primitives";
import type { App } from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblem } from "../problems.ts";
import { findOpenInvitation } from "../storage/invitations.ts";
import type { People } from "../storage/people.ts";
import { digestOf } from "../storage/refresh-secret.ts";
import type { AcceptInvitation } from "../use-cases/accept-invitation.ts";
import type { NoteAct } from "../use-cases/act-and-note.ts";
import { accountProblems, HandedCodeSchema } from "./own-account.ts";
import { readProfile } from "./personal-input.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { CpfSchema, NewPasswordSchema, PersonNameSchema, PersonSchema } from "./schemas.ts";
import { viewOfPerson } from "./views.ts";

type Deps = {
  readonly people: People;
  readonly clock: Clock;
  readonly acceptInvitation: AcceptInvitation;
  readonly shopName: string;
  readonly limits: Pick<AuthLimits, "register">;
};

const schema = {
  operationId: "accept-invitation",
  tags: ["staff"],
  summary: "Join the staff with the code of an invitation",
  description:
    "Makes the account with the e-mail and the role of the invitation; then sign in at `POST /token`. A code that is used, taken back, over or none answers the same 404; a repeated request finds its code used.",
  body: Type.Object({
    code: HandedCodeSchema,
    name: PersonNameSchema,
    cpf: Type.Optional(CpfSchema),
    password: NewPasswordSchema,
  }),
  response: { 201: PersonSchema, ...accountProblems(["code-unusable", "email-taken", "cpf-taken", "quota-exceeded"]) },
} as const;

/** `POST /customers/invitations/accept` */
export function acceptInvitationRoute(app: App, deps: Deps): void {
  const route = {
    config: { access: "public", audit: "accept-invitation" },
    schema,
    preHandler: deps.limits.register,
  } as const;
  app.post("/customers/invitations/accept", route, async (request, reply) => {
    const { code, password } = request.body;
    const invitation = await findOpenInvitation(deps.people, digestOf(code), deps.clock.now());
    if (invitation === null) throw authProblem("code-unusable");
    const given = { ...request.body, email: invitation.email.reveal() };
    const { profile } = readProfile(request, given, deps.shopName);
    const note: NoteAct = (tx, id, more) => {
      // Nobody is signed in: who comes into being does it themselves, by the code.
      request.audit.add({ actor: { id, role: invitation.role } });
      return noteAct(request, { kind: "customers" })(tx, id, more);
    };
    const accepted = await deps.acceptInvitation({ code, name: profile.name, cpf: profile.cpf, password, note });
    if (!accepted.ok) throw authProblem(accepted.refusal === "unusable" ? "code-unusable" : accepted.refusal);
    reply.code(201).header("cache-control", "no-store");
    return viewOfPerson(accepted.value);
  });
}
