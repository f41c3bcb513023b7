import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { holderFor } from "../domain/token-policy.ts";
import type { CreateAnonymousCustomer } from "../use-cases/create-anonymous-customer.ts";
import type { IssueAccessToken } from "../use-cases/issue-access-token.ts";
import { accessTokenMembers } from "./schemas.ts";
import { viewOfAccessToken } from "./views.ts";

type Deps = {
  readonly createAnonymousCustomer: CreateAnonymousCustomer;
  readonly issueAccessToken: IssueAccessToken;
};

const schema = {
  operationId: "create-anonymous-customer",
  tags: ["customers"],
  summary: "Begin the visit of a guest who stays anonymous",
  body: Type.Union([Type.Null(), Type.Object({})], { description: "Nothing, or an empty object" }),
  response: {
    201: Type.Object({ customer: Type.Object({ id: Type.String({ format: "uuid" }) }), ...accessTokenMembers }),
    ...problemResponses([
      "malformed-json",
      "unauthenticated",
      "body-too-large",
      "unsupported-media-type",
      "validation-failed",
      "internal",
      "unavailable",
    ]),
  },
} as const;

/** `POST /customers/anonymous` */
export async function createAnonymousCustomerRoute(app: App, deps: Deps): Promise<void> {
  await app.register((scope, _options, done) => {
    allowEmptyJson(scope);
    scope.post("/customers/anonymous", { config: { access: "public" }, schema }, async (_request, reply) => {
      const person = await deps.createAnonymousCustomer();
      const accessToken = await deps.issueAccessToken(holderFor(person));
      reply.code(201).header("cache-control", "no-store");
      return { customer: { id: person.id }, ...viewOfAccessToken(accessToken) };
    });
    done();
  });
}

/** Many clients say `application/json` even when they send nothing; here nothing is all that is needed. */
function allowEmptyJson(scope: Pick<App, "getDefaultJsonParser" | "removeContentTypeParser" | "addContentTypeParser">) {
  const parseJson = scope.getDefaultJsonParser("error", "error");
  scope.removeContentTypeParser("application/json");
  scope.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) => {
    if (text === "") done(null, null);
    else void parseJson(request, text, done);
  });
}
