import { type App, callerOf, houseProblem, IdParams, problemResponses, STAFF } from "@comanda/service-kit";
import { findPerson, type People } from "../storage/people.ts";
import { PersonSchema } from "./schemas.ts";
import { viewOfIdentified, viewOfPerson } from "./views.ts";

type Deps = { readonly people: People };

const schema = {
  operationId: "read-customer",
  tags: ["customers"],
  summary: "Read one person: oneself, or anybody as administrator",
  description:
    "Somebody else's id answers exactly what a missing one does. A guest known by CPF alone sees the first name.",
  params: IdParams,
  response: {
    200: PersonSchema,
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `GET /customers/{id}` */
export function readCustomerRoute(app: App, deps: Deps): void {
  app.get(
    "/customers/:id",
    { config: { access: ["customer", ...STAFF], audit: "read-customer" }, schema },
    async (request, reply) => {
      const caller = callerOf(request);
      const id = request.params.id.toLowerCase();
      if (caller.id === id) request.audit.leaveOut();
      const mayRead = caller.role === "admin" || caller.id === id;
      const person = mayRead ? await findPerson(deps.people, id) : null;
      if (person === null) throw houseProblem("not-found");
      reply.header("cache-control", "no-store");
      return caller.level === "identified" ? viewOfIdentified(person) : viewOfPerson(person);
    },
  );
}
