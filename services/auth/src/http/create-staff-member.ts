import { noteAct } from "@comanda/audit";
import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { STAFF_ROLES } from "../domain/person.ts";
import { authProblem, authProblems } from "../problems.ts";
import type { CreateStaffMember } from "../use-cases/create-staff-member.ts";
import { idempotencyHeaders, replayHeaders, requestKeyOf } from "./idempotency.ts";
import { readProfile } from "./personal-input.ts";
import { CpfSchema, EmailSchema, NewPasswordSchema, PersonNameSchema, PersonSchema } from "./schemas.ts";
import { viewOfPerson } from "./views.ts";

type Deps = { readonly createStaffMember: CreateStaffMember; readonly shopName: string };

const Body = Type.Object(
  {
    name: PersonNameSchema,
    email: EmailSchema,
    cpf: CpfSchema,
    password: NewPasswordSchema,
    role: Type.Optional(Type.Enum(STAFF_ROLES)),
  },
  {
    examples: [
      {
        name: "Rita Lima",
        email: "rita@exemplo.com.br",
        cpf: "529.982.247-25",
        password: "dois sucos e um misto quente",
        role: "cashier",
      },
    ],
  },
);

const schema = {
  operationId: "create-staff-member",
  tags: ["staff"],
  summary: "Give somebody of the shop a sign-in",
  description: "`role` is `admin` when left out.",
  headers: idempotencyHeaders,
  body: Body,
  response: {
    201: PersonSchema,
    ...problemResponses(
      [
        "malformed-json",
        "unauthenticated",
        "forbidden",
        "email-taken",
        "cpf-taken",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "idempotency-key-reused",
        "internal",
        "unavailable",
      ],
      authProblems,
    ),
  },
} as const;

/** `POST /customers/admin` */
export function createStaffMemberRoute(app: App, deps: Deps): void {
  app.post(
    "/customers/admin",
    { config: { access: ["admin"], audit: "create-staff-member" }, schema },
    async (request, reply) => {
      const { password, role = "admin" } = request.body;
      const { profile } = readProfile(request, request.body, deps.shopName);
      const requestKey = requestKeyOf("create-staff-member", request);
      const note = noteAct(request, { kind: "customers", details: { role } });
      const created = await deps.createStaffMember({ profile, password, role, requestKey, note });
      if (!created.ok) throw authProblem(created.refusal);
      const { person, isReplay } = created.value;
      const location = `/customers/${person.id}`;
      reply.code(201).headers({ ...replayHeaders(isReplay), "cache-control": "no-store", location });
      return viewOfPerson(person);
    },
  );
}
