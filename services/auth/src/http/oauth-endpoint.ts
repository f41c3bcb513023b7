import { type App, HttpProblem, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { OAuthError, parseForm } from "./token-form.ts";

export const FORM_TYPE = "application/x-www-form-urlencoded";

export const OAuthErrorAnswer = Type.Object(
  {
    error: Type.String(),
    error_description: Type.String(),
    reason: Type.Optional(
      Type.Enum(["mfa_required", "mfa_wrong"], {
        description: "With `invalid_grant`: the password was right, the code of the second factor is missing or wrong",
      }),
    ),
  },
  { examples: [{ error: "invalid_grant", error_description: "wrong user name or password" }] },
);

/** The refusals of an OAuth endpoint: in the form of RFC 6749 §5.2, or of the house where the request is none at all. */
export const oauthRefusals = {
  400: OAuthErrorAnswer,
  401: OAuthErrorAnswer,
  ...problemResponses(["body-too-large", "unsupported-media-type", "internal", "unavailable"]),
};

/**
 * Registers endpoints that read forms and refuse in OAuth's words, in a scope of their own: forms are read nowhere else.
 * The form is checked by hand: RFC 6749 wants `invalid_request` where the house answers 422.
 */
export async function oauthEndpoint(app: App, register: (scope: App) => void): Promise<void> {
  await app.register((scope, _options, done) => {
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser(FORM_TYPE, { parseAs: "string" }, async (_request: unknown, text: string) =>
      parseForm(text),
    );
    scope.setErrorHandler(async (error, _request, reply) => {
      if (isOverQuota(error)) {
        reply.code(429).headers({ ...error.headers, "cache-control": "no-store" });
        return reply.send({ error: "slow_down", error_description: "too many requests" });
      }
      if (!(error instanceof OAuthError)) throw error;
      const status = STATUS[error.error] ?? 400;
      // RFC 9110 §15.5.2: no 401 without a challenge, however the client had named itself.
      const challenge = error.challenge ?? (status === 401 ? 'Basic realm="comanda"' : null);
      if (challenge !== null) reply.header("www-authenticate", challenge);
      if (error.error === "slow_down") reply.header("retry-after", String(error.retryAfterSeconds ?? SLOW_DOWN_S));
      reply.code(status).header("cache-control", "no-store");
      const reason = error.reason === null ? {} : { reason: error.reason };
      return reply.send({ error: error.error, error_description: error.message, ...reason });
    });
    register(scope);
    done();
  });
}

function isOverQuota(error: unknown): error is HttpProblem {
  return error instanceof HttpProblem && error.code === "quota-exceeded";
}

const STATUS: Readonly<Partial<Record<OAuthError["error"], number>>> = { invalid_client: 401, slow_down: 429 };
const SLOW_DOWN_S = 5;
