import { type App, houseProblem, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { findPersonByCpf, findPersonByEmail, type People } from "../storage/people.ts";
import { readPersonalInput } from "./personal-input.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { CpfSchema, EmailSchema, PersonSchema } from "./schemas.ts";
import { viewOfPerson } from "./views.ts";

type Deps = { readonly people: People; readonly limits: AuthLimits };

const Body = Type.Object(
  { cpf: Type.Optional(CpfSchema), email: Type.Optional(EmailSchema) },
  { minProperties: 1, maxProperties: 1, examples: [{ cpf: "529.982.247-25" }, { email: "ana@exemplo.com.br" }] },
);

const schema = {
  operationId: "search-customers",
  tags: ["customers"],
  summary: "Find one person by CPF or e-mail",
  description: "Exactly one of the two, in the body: personal data never travels in a URL.",
  body: Body,
  response: {
    200: PersonSchema,
    ...problemResponses([
      "malformed-json",
      "unauthenticated",
      "forbidden",
      "not-found",
      "body-too-large",
      "unsupported-media-type",
      "validation-failed",
      "quota-exceeded",
      "internal",
      "unavailable",
    ]),
  },
} as const;

/** `POST /customers/search` */
export function searchCustomersRoute(app: App, deps: Deps): void {
  app.post(
    "/customers/search",
    { config: { access: ["admin"], audit: "search-customers" }, schema, preHandler: deps.limits.search },
    async (request, reply) => {
      const input = readPersonalInput(request);
      const cpf = request.body.cpf === undefined ? null : input.cpf(request.body.cpf);
      const email = request.body.email === undefined ? null : input.email(request.body.email);
      input.check();
      const byCpf = cpf === null ? null : await findPersonByCpf(deps.people, cpf);
      const person = email === null ? byCpf : await findPersonByEmail(deps.people, email);
      if (person !== null) request.audit.add({ target: { kind: "customers", id: person.id } });
      if (person === null) throw houseProblem("not-found");
      reply.header("cache-control", "no-store");
      return viewOfPerson(person);
    },
  );
}
