import { type App, problemResponses, readJsonBody } from "@comanda/service-kit";
import { Type } from "typebox";
import { holderFor } from "../domain/token-policy.ts";
import { authProblem, authProblems } from "../problems.ts";
import type { CreateAnonymousCustomer } from "../use-cases/create-anonymous-customer.ts";
import type { IssueAccessToken } from "../use-cases/issue-access-token.ts";
import { atDevice } from "./device-of-request.ts";
import { publicIdempotencyHeaders, replayHeaders, requestKeyOf } from "./idempotency.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { accessTokenMembers } from "./schemas.ts";
import { viewOfAccessToken } from "./views.ts";

type Deps = {
  readonly createAnonymousCustomer: CreateAnonymousCustomer;
  readonly issueAccessToken: IssueAccessToken;
  readonly limits: AuthLimits;
};

const schema = {
  operationId: "create-anonymous-customer",
  tags: ["customers"],
  summary: "Begin the visit of a guest who stays anonymous",
  headers: publicIdempotencyHeaders,
  body: Type.Union([Type.Null(), Type.Object({})], { description: "Nothing, or an empty object" }),
  response: {
    201: Type.Object({ customer: Type.Object({ id: Type.String({ format: "uuid" }) }), ...accessTokenMembers }),
    ...problemResponses(
      [
        "malformed-json",
        "unauthenticated",
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

/** `POST /customers/anonymous` */
export async function createAnonymousCustomerRoute(app: App, deps: Deps): Promise<void> {
  await app.register((scope, _options, done) => {
    allowEmptyJson(scope);
    scope.post(
      "/customers/anonymous",
      { config: { access: "public" }, schema, preHandler: deps.limits.createAnonymous },
      async (request, reply) => {
        const requestKey = requestKeyOf("create-anonymous-customer", request);
        const created = await deps.createAnonymousCustomer({ requestKey });
        if (!created.ok) throw authProblem(created.refusal);
        const { person, isReplay } = created.value;
        const session = { id: person.id, begunAt: person.createdAt };
        const accessToken = await deps.issueAccessToken(atDevice(holderFor(person), request), session);
        reply.code(201).headers({ ...replayHeaders(isReplay), "cache-control": "no-store" });
        return { customer: { id: person.id }, ...viewOfAccessToken(accessToken) };
      },
    );
    done();
  });
}

/** Many clients say `application/json` even when they send nothing; here nothing is all that is needed. */
function allowEmptyJson(scope: Pick<App, "removeContentTypeParser" | "addContentTypeParser">) {
  scope.removeContentTypeParser("application/json");
  scope.addContentTypeParser<Buffer>(
    "application/json",
    { parseAs: "buffer" },
    async (_request: unknown, bytes: Buffer) => (bytes.length === 0 ? null : readJsonBody(bytes)),
  );
}
