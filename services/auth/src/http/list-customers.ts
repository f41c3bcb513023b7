import { type App, houseProblem, IdSchema, LEVELS, PageOf, pageQuery, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import { listPeople, type People } from "../storage/people.ts";
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
  app.get("/customers", { config: { access: ["admin"] }, schema }, async (request, reply) => {
    const { limit, cursor, customer_id: id, level, role } = request.query;
    reply.header("cache-control", "no-store");
    const before = cursor === undefined ? undefined : readCursor(cursor);
    // `identified` is a level of tokens; nobody is written down with it.
    if (level === "identified") return { items: [], next_cursor: null };
    // One more than asked for tells whether there is a next page.
    const found = await listPeople(deps.people, { id, level, role, before, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const more = found.length > limit && last !== undefined;
    return { items: page.map(viewOfPerson), next_cursor: more ? writeCursor(last.id) : null };
  });
}

/** A cursor is the last id seen, as 16 bytes in base64url; clients must not read it. */
function writeCursor(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

function readCursor(cursor: string): string {
  const bytes = Buffer.from(cursor, "base64url");
  if (bytes.length !== 16 || bytes.toString("base64url") !== cursor) {
    const errors = [{ path: "/querystring/cursor", message: "is not a cursor of this list" }];
    throw houseProblem("validation-failed", { extensions: { errors } });
  }
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
