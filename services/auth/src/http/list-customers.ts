import { noteShown } from "@comanda/audit";
import { type App, IdSchema, LEVELS, PageOf, pageQuery, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import { listPeople, type People } from "../storage/people.ts";
import { pageOf, readCursor } from "./page-cursor.ts";
import { PersonSchema } from "./schemas.ts";
import { viewOfPerson } from "./views.ts";

type Deps = { readonly people: People };

const Query = Type.Object({
  ...pageQuery,
  customer_id: Type.Optional(IdSchema),
  level: Type.Optional(Type.Enum(LEVELS)),
  role: Type.Optional(Type.Enum(["customer", ...STAFF_ROLES])),
});

const schema = {
  operationId: "list-customers",
  tags: ["customers"],
  summary: "List people, newest first",
  description: "CPFs are masked. A person is looked up by CPF or e-mail with `POST /customers/search`, never in a URL.",
  querystring: Query,
  response: {
    200: PageOf(PersonSchema),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /customers/` */
export function listCustomersRoute(app: App, deps: Deps): void {
  app.get("/customers", { config: { access: ["admin"], audit: "list-customers" }, schema }, async (request, reply) => {
    const { limit, cursor, customer_id: id, level, role } = request.query;
    reply.header("cache-control", "no-store");
    const before = cursor === undefined ? undefined : readCursor(cursor);
    // `identified` is a level of tokens; nobody is written down with it.
    const found =
      level === "identified" ? [] : await listPeople(deps.people, { id, level, role, before, limit: limit + 1 });
    const page = pageOf(found, limit);
    noteShown(request, { items: page.items, filter: { level, role }, about: id });
    return { ...page, items: page.items.map(viewOfPerson) };
  });
}
