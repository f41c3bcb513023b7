import { AUDIT_OUTCOMES } from "@comanda/audit";
import {
  type App,
  callerOf,
  houseProblem,
  IdParams,
  InstantSchema,
  Nullable,
  problemResponses,
} from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblems } from "../problems.ts";
import type { ExportCustomer } from "../use-cases/export-customer.ts";
import { ConsentSchema, viewOfConsent } from "./consent-view.ts";
import { ownData } from "./own-data.ts";
import { PersonSchema } from "./schemas.ts";
import { viewOfPerson } from "./views.ts";

const Export = Type.Object({
  generated_at: InstantSchema,
  person: Type.Object({
    ...PersonSchema.properties,
    cpf: Nullable(Type.String({ description: "In full to its bearer, masked to an administrator" })),
    email_verified_at: Nullable(InstantSchema),
    has_password: Type.Boolean(),
  }),
  consents: Type.Array(ConsentSchema),
  sessions: Type.Array(
    Type.Object({
      created_at: InstantSchema,
      last_used_at: InstantSchema,
      ended_at: Nullable(InstantSchema),
      agent: Nullable(Type.String()),
    }),
  ),
  audit: Type.Array(
    Type.Object({
      at: InstantSchema,
      action: Type.String(),
      outcome: Type.Enum(AUDIT_OUTCOMES),
      by: Type.Enum(["self", "house"]),
      address: Nullable(Type.String({ description: "The network address it was done from; of one's own acts only" })),
    }),
    { description: "What the audit trail of auth says: sign-ins, and looks at these data" },
  ),
  orders: Type.Array(Type.Unknown(), { description: "As the order service holds them" }),
  payments: Type.Array(Type.Unknown(), { description: "As the payment service holds them" }),
});

const schema = {
  operationId: "export-customer",
  tags: ["customers"],
  summary: "Everything held about a person, in all services (LGPD art. 18 II, V)",
  description:
    "Oneself, or anybody as administrator. With a CPF alone: 401, prove who you are first. What was ordered by typing one's CPF is in the export that an administrator makes, at the counter, and not in one's own: anybody can register with a number. All or nothing: 503 while a service is away.",
  params: IdParams,
  response: {
    200: Export,
    ...problemResponses(
      [
        "unauthenticated",
        "verification-needed",
        "forbidden",
        "not-found",
        "validation-failed",
        "internal",
        "unavailable",
      ],
      authProblems,
    ),
  },
} as const;

/** `GET /customers/{id}/export` */
export function exportCustomerRoute(app: App, deps: { readonly exportCustomer: ExportCustomer }): void {
  const access = ["customer", "kitchen", "cashier", "manager", "admin"] as const;
  const config = { access, audit: "export-customer" } as const;
  app.get("/customers/:id/export", { config, schema }, async (request, reply) => {
    const { id, caller } = ownData(callerOf(request), { params: request.params, needsProof: true });
    const isOwn = caller.id === id;
    const held = await deps.exportCustomer(id, { withRecognised: !isOwn });
    if (held === null) throw houseProblem("not-found");
    reply.headers({
      "cache-control": "no-store",
      "content-disposition": 'attachment; filename="meus-dados.json"',
    });
    const { person } = held;
    if (isOwn) request.audit.leaveOut();
    return {
      generated_at: held.generatedAt.toISOString(),
      person: {
        ...viewOfPerson(person),
        ...(isOwn ? { cpf: person.profile?.cpf?.reveal() ?? null } : {}),
        email_verified_at: held.emailVerifiedAt?.toISOString() ?? null,
        has_password: held.hasPassword,
      },
      consents: held.consents.map(viewOfConsent),
      sessions: held.sessions.map((session) => ({
        created_at: session.createdAt.toISOString(),
        last_used_at: session.lastUsedAt.toISOString(),
        ended_at: session.endedAt?.toISOString() ?? null,
        agent: session.agent,
      })),
      audit: held.acts.map(({ at, action, outcome, isOwn, address }) => ({
        at: at.toISOString(),
        action,
        outcome,
        by: isOwn ? ("self" as const) : ("house" as const),
        address,
      })),
      orders: [...held.orders],
      payments: [...held.payments],
    };
  });
}
