import { type App, Nullable, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { holderFor } from "../domain/token-policy.ts";
import type { AuthenticateClient } from "../use-cases/authenticate-client.ts";
import type { IssueAccessToken } from "../use-cases/issue-access-token.ts";
import type { SignIn } from "../use-cases/sign-in.ts";
import { accessTokenMembers } from "./schemas.ts";
import { clientCredentialsOf, type Form, formOf, OAuthError, parseForm } from "./token-form.ts";
import { viewOfAccessToken } from "./views.ts";

type Deps = {
  readonly signIn: SignIn;
  readonly authenticateClient: AuthenticateClient;
  readonly issueAccessToken: IssueAccessToken;
};

const FORM_TYPE = "application/x-www-form-urlencoded";

const TokenForm = Type.Object(
  {
    grant_type: Type.Optional(Type.Enum(["password", "client_credentials"], { default: "password" })),
    username: Type.Optional(Type.String({ description: "E-mail, with `password`" })),
    password: Type.Optional(Type.String()),
    client_id: Type.Optional(Type.String({ description: "With `client_credentials`, unless HTTP Basic is used" })),
    client_secret: Type.Optional(Type.String()),
  },
  {
    additionalProperties: true,
    examples: [{ grant_type: "password", username: "ana@exemplo.com.br", password: "um pastel de queijo às seis" }],
  },
);

const TokenAnswer = Type.Object({
  ...accessTokenMembers,
  scope: Type.String(),
  customer_id: Nullable(Type.String({ description: "Id of the person; null for a service" })),
});

const OAuthErrorAnswer = Type.Object(
  { error: Type.String(), error_description: Type.String() },
  { examples: [{ error: "invalid_grant", error_description: "wrong user name or password" }] },
);

const schema = {
  operationId: "issue-token",
  tags: ["tokens"],
  summary: "OAuth 2.0 token endpoint",
  description:
    "Grants: `password` (of our own pages only; `grant_type` may be left out) and `client_credentials` (services). Errors in the form of RFC 6749 §5.2.",
  consumes: [FORM_TYPE],
  body: TokenForm,
  response: {
    200: TokenAnswer,
    400: OAuthErrorAnswer,
    401: OAuthErrorAnswer,
    ...problemResponses(["body-too-large", "unsupported-media-type", "internal", "unavailable"]),
  },
} as const;

/** `POST /token` */
export async function issueTokenRoute(app: App, deps: Deps): Promise<void> {
  // In a scope of its own: forms are read here and nowhere else, and this endpoint refuses in OAuth's words.
  await app.register((scope, _options, done) => {
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser(FORM_TYPE, { parseAs: "string" }, async (_request: unknown, text: string) =>
      parseForm(text),
    );
    scope.setErrorHandler(async (error, _request, reply) => {
      if (!(error instanceof OAuthError)) throw error;
      if (error.challenge !== null) reply.header("www-authenticate", error.challenge);
      reply.code(error.error === "invalid_client" ? 401 : 400).header("cache-control", "no-store");
      return reply.send({ error: error.error, error_description: error.message });
    });
    scope.post(
      "/token",
      // The form is checked by hand below: RFC 6749 wants `invalid_request` where the house answers 422.
      { config: { access: "tokenless" }, schema, validatorCompiler: () => () => true },
      async (request, reply) => {
        reply.header("cache-control", "no-store");
        const form = formOf(request);
        const grantType = form.get("grant_type") ?? "password";
        switch (grantType) {
          case "password":
            return answerPassword(form, deps);
          case "client_credentials":
            return answerClientCredentials(clientCredentialsOf(request, form), deps);
          default:
            throw new OAuthError("this grant type is not supported", { error: "unsupported_grant_type" });
        }
      },
    );
    done();
  });
}

async function answerPassword(form: Form, { signIn, issueAccessToken }: Deps) {
  const username = form.get("username");
  const password = form.get("password");
  if (username === undefined || password === undefined) {
    throw new OAuthError("username and password are needed", { error: "invalid_request" });
  }
  const signedIn = await signIn({ username, password });
  if (!signedIn.ok) throw new OAuthError("wrong user name or password", { error: "invalid_grant" });
  const accessToken = await issueAccessToken(holderFor(signedIn.value));
  return { ...viewOfAccessToken(accessToken), scope: accessToken.scope, customer_id: signedIn.value.id };
}

async function answerClientCredentials(
  credentials: ReturnType<typeof clientCredentialsOf>,
  { authenticateClient, issueAccessToken }: Deps,
) {
  const client = authenticateClient(credentials);
  if (client === null) {
    throw new OAuthError("the client could not be authenticated", {
      error: "invalid_client",
      challenge: credentials.challenge,
    });
  }
  const accessToken = await issueAccessToken({ kind: "service", client });
  return { ...viewOfAccessToken(accessToken), scope: accessToken.scope, customer_id: null };
}
