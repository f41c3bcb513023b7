import { noteAct } from "@comanda/audit";
import { type App, callerOf, houseProblem, IdParams } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import { authProblem } from "../problems.ts";
import { findPerson, type People } from "../storage/people.ts";
import type { UpdateStaffMember } from "../use-cases/update-staff-member.ts";
import { accountProblems } from "./own-account.ts";
import { StaffMemberSchema, viewsOfStaff } from "./staff-view.ts";

type Deps = { readonly people: People; readonly updateStaffMember: UpdateStaffMember };

const schema = {
  operationId: "update-staff-member",
  tags: ["staff"],
  summary: "Give somebody another role, keep them out, or let them in again",
  description:
    "What changes ends every session of theirs, here at once and everywhere within seconds. Nobody changes their own role; one active administrator remains.",
  params: IdParams,
  body: Type.Object(
    { role: Type.Optional(Type.Enum(STAFF_ROLES)), active: Type.Optional(Type.Boolean()) },
    { minProperties: 1, examples: [{ role: "manager" }, { active: false }] },
  ),
  response: { 200: StaffMemberSchema, ...accountProblems(["own-account", "last-admin"]) },
} as const;

/** `PATCH /customers/admin/{id}` */
export function updateStaffMemberRoute(app: App, deps: Deps): void {
  const config = { access: ["admin"], audit: "update-staff-member" } as const;
  app.patch("/customers/admin/:id", { config, schema }, async (request, reply) => {
    const id = request.params.id.toLowerCase();
    const { role, active: isActive } = request.body;
    // What was asked stands there when it is refused, too.
    request.audit.add({
      target: { kind: "customers", id },
      details: { ...(role === undefined ? {} : { role }), ...(isActive === undefined ? {} : { active: isActive }) },
    });
    const change = { id, by: callerOf(request).id, role, isActive };
    const done = await deps.updateStaffMember(change, noteAct(request, { kind: "customers" }));
    if (!done.ok) throw done.refusal === "unknown" ? houseProblem("not-found") : authProblem(done.refusal);
    const person = await findPerson(deps.people, id);
    const [view] = person === null ? [] : await viewsOfStaff(deps.people, [person]);
    if (view === undefined) throw houseProblem("not-found");
    reply.header("cache-control", "no-store");
    return view;
  });
}
