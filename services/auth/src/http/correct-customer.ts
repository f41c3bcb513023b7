import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblem, authProblems } from "../problems.ts";
import type { CorrectCustomer } from "../use-cases/correct-customer.ts";
import { ownData } from "./own-data.ts";
import { readPersonalInput } from "./personal-input.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { CpfSchema, EmailSchema, PersonNameSchema, PersonSchema } from "./schemas.ts";
import { viewOfPerson } from "./views.ts";

const schema = {
  operationId: "correct-customer",
  tags: ["customers"],
  summary: "Correct what is held of a person: oneself, or anybody as administrator",
  description:
    "What is left out stays. A CPF may be added; only an administrator changes one. Another e-mail is unverified; who changes their own is told so at the former one. With a CPF alone: 401, prove who you are first.",
  params: IdParams,
  body: Type.Object(
    {
      name: Type.Optional(PersonNameSchema),
      email: Type.Optional(EmailSchema),
      cpf: Type.Optional(CpfSchema),
    },
    { minProperties: 1, examples: [{ name: "Ana Clara Souza" }] },
  ),
  response: {
    200: PersonSchema,
    ...problemResponses(
      [
        "malformed-json",
        "unauthenticated",
        "verification-needed",
        "forbidden",
        "not-found",
        "email-taken",
        "cpf-taken",
        "cpf-fixed",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "quota-exceeded",
        "internal",
        "unavailable",
      ],
      authProblems,
    ),
  },
} as const;

type Deps = { readonly correctCustomer: CorrectCustomer; readonly limits: AuthLimits };

/** `PATCH /customers/{id}` */
export function correctCustomerRoute(app: App, deps: Deps): void {
  const config = { access: ["customer", "admin"], audit: "correct-customer", auditAhead: true } as const;
  app.patch("/customers/:id", { config, schema, preHandler: deps.limits.correct }, async (request, reply) => {
    const { id, caller, isAdmin } = ownData(callerOf(request), { params: request.params, needsProof: true });
    // Nothing is held of an anonymous guest that could be wrong.
    if (caller.level === "anonymous") throw houseProblem("forbidden");
    const { body } = request;
    const input = readPersonalInput(request);
    const email = body.email === undefined ? null : input.email(body.email);
    const cpf = body.cpf === undefined ? null : input.cpf(body.cpf);
    input.check();
    // Which fields, never what they hold.
    request.audit.add({ details: { fields: Object.keys(body).sort().join(" ") } });
    const name = body.name?.trim().normalize("NFC");
    const correction = { name, email: email ?? undefined, cpf: cpf ?? undefined };
    const corrected = await deps.correctCustomer({ id, correction, isAdmin });
    reply.header("cache-control", "no-store");
    if (corrected.ok) return viewOfPerson(corrected.value);
    throw corrected.refusal === "unknown" ? houseProblem("not-found") : authProblem(corrected.refusal);
  });
}
