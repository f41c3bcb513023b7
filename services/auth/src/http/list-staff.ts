import { noteShown } from "@comanda/audit";
import { type App, PageOf, pageQuery, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import { listPeople, type People } from "../storage/people.ts";
import { pageOf, readCursor } from "./page-cursor.ts";
import { StaffMemberSchema, viewsOfStaff } from "./staff-view.ts";

const schema = {
  operationId: "list-staff",
  tags: ["staff"],
  summary: "List the staff, newest first, those who may not come in too",
  querystring: Type.Object({ ...pageQuery, role: Type.Optional(Type.Enum(STAFF_ROLES)) }),
  response: {
    200: PageOf(StaffMemberSchema),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /customers/admin` */
export function listStaffRoute(app: App, { people }: { readonly people: People }): void {
  const config = { access: ["admin"], audit: "list-staff" } as const;
  app.get("/customers/admin", { config, schema }, async (request, reply) => {
    const { limit, cursor, role } = request.query;
    const before = cursor === undefined ? undefined : readCursor(cursor);
    const roles = role === undefined ? STAFF_ROLES : [role];
    const page = pageOf(await listPeople(people, { roles, before, limit: limit + 1 }), limit);
    noteShown(request, { items: page.items, filter: { role } });
    reply.header("cache-control", "no-store");
    return { ...page, items: await viewsOfStaff(people, page.items) };
  });
}
