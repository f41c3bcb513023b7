import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { holderFor } from "../domain/token-policy.ts";
import { authProblem, authProblems } from "../problems.ts";
import type { IssueAccessToken } from "../use-cases/issue-access-token.ts";
import type { RegisterCustomer } from "../use-cases/register-customer.ts";
import { atDevice } from "./device-of-request.ts";
import { publicIdempotencyHeaders, replayHeaders, requestKeyOf } from "./idempotency.ts";
import { readProfile } from "./personal-input.ts";
import type { AuthLimits } from "./rate-limits.ts";
import {
  accessTokenMembers,
  CpfSchema,
  EmailSchema,
  NewPasswordSchema,
  PersonNameSchema,
  PersonSchema,
} from "./schemas.ts";
import { viewOfAccessToken, viewOfPerson } from "./views.ts";

type Deps = {
  readonly registerCustomer: RegisterCustomer;
  readonly shopName: string;
  readonly issueAccessToken: IssueAccessToken;
  readonly limits: AuthLimits;
};

const Body = Type.Object(
  {
    name: PersonNameSchema,
    email: EmailSchema,
    cpf: Type.Optional(CpfSchema),
    password: Type.Optional(NewPasswordSchema),
    consent: Type.Literal(true, { description: "The guest agreed to being remembered (LGPD art. 7 I)" }),
  },
  {
    examples: [
      {
        name: "Ana Souza",
        email: "ana@exemplo.com.br",
        cpf: "529.982.247-25",
        password: "um pastel de queijo às seis",
        consent: true,
      },
    ],
  },
);

const schema = {
  operationId: "register-customer",
  tags: ["customers"],
  summary: "Register a guest who wants to be recognised",
  headers: publicIdempotencyHeaders,
  body: Body,
  response: {
    201: Type.Object({ customer: PersonSchema, ...accessTokenMembers }),
    ...problemResponses(
      [
        "malformed-json",
        "unauthenticated",
        "email-taken",
        "cpf-taken",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "idempotency-key-reused",
        "quota-exceeded",
        "internal",
        "unavailable",
      ],
      authProblems,
    ),
  },
} as const;

/** `POST /customers/register` */
export function registerCustomerRoute(app: App, deps: Deps): void {
  app.post(
    "/customers/register",
    { config: { access: "public" }, schema, preHandler: deps.limits.register },
    async (request, reply) => {
      const requestKey = requestKeyOf("register-customer", request);
      const registered = await deps.registerCustomer({
        ...readProfile(request, request.body, deps.shopName),
        requestKey,
      });
      if (!registered.ok) throw authProblem(registered.refusal);
      const { person, isReplay } = registered.value;
      const session = { id: person.id, begunAt: person.createdAt };
      const accessToken = await deps.issueAccessToken(atDevice(holderFor(person), request), session);
      reply.code(201).headers({ ...replayHeaders(isReplay), "cache-control": "no-store" });
      return { customer: viewOfPerson(person), ...viewOfAccessToken(accessToken) };
    },
  );
}
