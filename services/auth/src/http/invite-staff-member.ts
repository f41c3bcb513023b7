import { noteAct } from "@comanda/audit";
import { type App, callerOf, houseProblem } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import { mayInvite } from "../domain/staff-rank.ts";
import { authProblem } from "../problems.ts";
import type { InviteStaffMember } from "../use-cases/invite-staff-member.ts";
import { idempotencyHeaders, replayHeaders, requestKeyOf } from "./idempotency.ts";
import { invitationMembers, viewOfInvitation } from "./invitation-view.ts";
import { accountProblems } from "./own-account.ts";
import { readPersonalInput } from "./personal-input.ts";
import { EmailSchema } from "./schemas.ts";

const schema = {
  operationId: "invite-staff-member",
  tags: ["staff"],
  summary: "Ask somebody to join the shop's staff",
  description:
    "Administrators invite anybody, managers those below them. The code is shown here and never again, to be handed over; it is good once, for three days. A newer invitation to the same address takes the older one's place.",
  headers: idempotencyHeaders,
  body: Type.Object(
    { email: EmailSchema, role: Type.Enum(STAFF_ROLES) },
    { examples: [{ email: "rita@exemplo.com.br", role: "cashier" }] },
  ),
  response: {
    201: Type.Object({ ...invitationMembers, code: Type.String() }),
    ...accountProblems(["email-taken", "idempotency-key-reused"]),
  },
} as const;

/** `POST /customers/invitations` */
export function inviteStaffMemberRoute(app: App, deps: { readonly inviteStaffMember: InviteStaffMember }): void {
  const config = { access: ["admin", "manager"], audit: "invite-staff-member" } as const;
  app.post("/customers/invitations", { config, schema }, async (request, reply) => {
    const { id: by, role: rank } = callerOf(request);
    const { role } = request.body;
    request.audit.add({ details: { role } });
    if (!mayInvite(rank === "admin" ? "admin" : "manager", role)) throw houseProblem("forbidden");
    const input = readPersonalInput(request);
    const email = input.email(request.body.email);
    input.check();
    if (email === null) throw new TypeError("a missing e-mail has been refused just above");
    const requestKey = requestKeyOf("invite-staff-member", request);
    const invited = await deps.inviteStaffMember({
      email,
      role,
      by,
      requestKey,
      note: noteAct(request, { kind: "invitations" }),
    });
    if (!invited.ok) throw authProblem(invited.refusal);
    const { invitation, code, isReplay } = invited.value;
    reply.code(201).headers({ ...replayHeaders(isReplay), "cache-control": "no-store" });
    return { ...viewOfInvitation(invitation), code };
  });
}
