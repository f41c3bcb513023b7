import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { firstNameOf } from "../domain/person.ts";
import { authProblem, authProblems } from "../problems.ts";
import { findRecognisableGuest, type People } from "../storage/people.ts";
import type { IssueAccessToken } from "../use-cases/issue-access-token.ts";
import { atDevice } from "./device-of-request.ts";
import { readPersonalInput } from "./personal-input.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { accessTokenMembers, CpfSchema } from "./schemas.ts";
import { viewOfAccessToken } from "./views.ts";

type Deps = { readonly people: People; readonly issueAccessToken: IssueAccessToken; readonly limits: AuthLimits };

const schema = {
  operationId: "identify-customer",
  tags: ["customers"],
  summary: "Recognise a guest by their CPF",
  description:
    "A CPF is no secret: the answer holds the first name only, and the token may order and read only what was ordered with it.",
  body: Type.Object({ cpf: CpfSchema }, { examples: [{ cpf: "529.982.247-25" }] }),
  response: {
    200: Type.Object({
      customer: Type.Object({
        id: Type.String({ format: "uuid" }),
        name: Type.String({ description: "First name", examples: ["Ana"] }),
      }),
      ...accessTokenMembers,
    }),
    ...problemResponses(
      [
        "malformed-json",
        "unauthenticated",
        "cpf-unknown",
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

/** `POST /customers/identify` */
export function identifyCustomerRoute(app: App, deps: Deps): void {
  app.post(
    "/customers/identify",
    { config: { access: "public" }, schema, preHandler: deps.limits.identify },
    async (request, reply) => {
      const input = readPersonalInput(request);
      const cpf = input.cpf(request.body.cpf);
      input.check();
      const person = cpf === null ? null : await findRecognisableGuest(deps.people, cpf);
      if (person === null || person.profile === null) throw authProblem("cpf-unknown");
      const accessToken = await deps.issueAccessToken(
        atDevice({ kind: "customer", id: person.id, level: "identified" } as const, request),
      );
      reply.header("cache-control", "no-store");
      return {
        customer: { id: person.id, name: firstNameOf(person.profile.name) },
        ...viewOfAccessToken(accessToken),
      };
    },
  );
}
