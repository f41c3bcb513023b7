import { type App, houseProblem, IdParams, Nullable, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { findPerson, type People } from "../storage/people.ts";

/** Why somebody's CPF may have to be seen in full. A list and no free words: they would end in the audit trail. */
const REASONS = ["subject_request", "fiscal_document", "payment_dispute", "legal_order"] as const;

const schema = {
  operationId: "disclose-customer",
  tags: ["customers"],
  summary: "See somebody's CPF in full",
  description:
    "Everywhere else a CPF is masked. The reason, and the number of whatever it is about, stand in the audit trail before the answer goes out.",
  params: IdParams,
  body: Type.Object(
    {
      reason: Type.Enum(REASONS),
      reference: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 40,
          pattern: "^(?![0-9.-]*[0-9]{3}[.-]?[0-9]{3}[.-]?[0-9]{3}-?[0-9]{2})[A-Za-z0-9/-]+$",
          description: "Number of the request, dispute or order of a court; no CPF",
        }),
      ),
    },
    { examples: [{ reason: "subject_request", reference: "2026-017" }] },
  ),
  response: {
    200: Type.Object({
      id: Type.String({ format: "uuid" }),
      cpf: Nullable(Type.String({ examples: ["52998224725"] })),
    }),
    ...problemResponses([
      "malformed-json",
      "unauthenticated",
      "forbidden",
      "not-found",
      "body-too-large",
      "unsupported-media-type",
      "validation-failed",
      "internal",
      "unavailable",
    ]),
  },
} as const;

/** `POST /customers/{id}/disclosure` */
export function discloseCustomerRoute(app: App, deps: { readonly people: People }): void {
  const config = { access: ["admin"], audit: "disclose-customer" } as const;
  app.post("/customers/:id/disclosure", { config, schema }, async (request, reply) => {
    const { reason, reference } = request.body;
    request.audit.add({ details: { reason, ...(reference === undefined ? {} : { reference }) } });
    const person = await findPerson(deps.people, request.params.id.toLowerCase());
    if (person === null) throw houseProblem("not-found");
    reply.header("cache-control", "no-store");
    return { id: person.id, cpf: person.profile?.cpf?.reveal() ?? null };
  });
}
