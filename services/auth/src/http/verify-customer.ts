import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { CODE_PATTERN } from "../domain/verification.ts";
import { authProblem, authProblems } from "../problems.ts";
import type { ConfirmCode, SendCode } from "../use-cases/verify-customer.ts";
import type { NoteGuessing } from "./note-guessing.ts";
import { tooEarly } from "./own-account.ts";
import { ownData } from "./own-data.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { accessTokenMembers } from "./schemas.ts";
import { viewOfPair } from "./views.ts";

type Deps = {
  readonly sendCode: SendCode;
  readonly confirmCode: ConfirmCode;
  readonly limits: AuthLimits;
  readonly noteGuessing: NoteGuessing;
};

const sendSchema = {
  operationId: "send-code",
  tags: ["customers"],
  summary: "Send a code to one's own e-mail, to prove who one is",
  description:
    "Six digits, good for ten minutes, five tries, once, and only with the token that asked for it. The letter is kept and tried again while the mail server is away. When that has refused the address, asking again says so (`email-refused`).",
  params: IdParams,
  response: {
    202: Type.Object(
      { sent_to: Type.String({ description: "Masked" }), expires_in: Type.Integer({ description: "Seconds" }) },
      { examples: [{ sent_to: "a***", expires_in: 600 }] },
    ),
    ...problemResponses(
      [
        "unauthenticated",
        "forbidden",
        "not-found",
        "email-refused",
        "validation-failed",
        "quota-exceeded",
        "internal",
        "unavailable",
      ],
      authProblems,
    ),
  },
} as const;

const confirmSchema = {
  operationId: "confirm-code",
  tags: ["customers"],
  summary: "Trade the code for tokens that prove who one is",
  description:
    "The answer is a sign-in: level `registered`, `acr` `verified`, and a refresh token. Who proves an e-mail for the first time, knowing only the CPF, takes the account over: its password and its other sessions are over (`has_password` is false; `POST /customers/{id}/password` sets one within ten minutes). After twenty wrong codes in a day no more are looked at: 429.",
  params: IdParams,
  body: Type.Object(
    { code: Type.String({ pattern: CODE_PATTERN, maxLength: 6, description: "Six digits" }) },
    { examples: [{ code: "048213" }] },
  ),
  response: {
    200: Type.Object({
      ...accessTokenMembers,
      refresh_token: Type.String(),
      scope: Type.String(),
      has_password: Type.Boolean({ description: "Whether there is a password to sign in with" }),
    }),
    ...problemResponses(
      [
        "malformed-json",
        "unauthenticated",
        "code-not-good",
        "forbidden",
        "not-found",
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

/** `POST /customers/{id}/verification` and `…/verification/confirm` */
export function verifyCustomerRoutes(app: App, deps: Deps): void {
  const config = { access: ["customer"] } as const;
  const sending = { config, schema: sendSchema, preHandler: deps.limits.sendCode };
  app.post("/customers/:id/verification", sending, async (request, reply) => {
    const { id, caller } = ownData(callerOf(request), { params: request.params, needsProof: false });
    const sent = await deps.sendCode({ personId: id, sessionId: caller.tokenId });
    if (!sent.ok) throw problemOf(sent.refusal);
    reply.code(202).header("cache-control", "no-store");
    return { sent_to: sent.value.sentTo, expires_in: sent.value.expiresInSeconds };
  });

  // A sign-in, as one by password is: it is written down, and so is a wrong code.
  const confirming = {
    config: { ...config, audit: "confirm-code" },
    schema: confirmSchema,
    preHandler: deps.limits.confirmCode,
  };
  app.post("/customers/:id/verification/confirm", confirming, async (request, reply) => {
    const { id, caller } = ownData(callerOf(request), { params: request.params, needsProof: false });
    request.audit.add({ actor: { id, role: "customer" } });
    const { tokenId: sessionId, level, deviceId } = caller;
    const confirmed = await deps.confirmCode({ personId: id, sessionId, level, deviceId }, request.body.code);
    if (!confirmed.ok) {
      const { refusal } = confirmed;
      if (refusal.why === "too-many-wrong") throw tooEarly(refusal.waitSeconds);
      if (refusal.isLastOfDay) await deps.noteGuessing(request, id);
      const challenge = 'Bearer error="insufficient_user_authentication", acr_values="verified"';
      throw authProblem("code-not-good", { headers: { "www-authenticate": challenge } });
    }
    reply.header("cache-control", "no-store");
    const { scope, expiresInSeconds: seconds, hasPassword } = confirmed.value;
    return { ...viewOfPair({ ...confirmed.value, seconds }), scope, has_password: hasPassword };
  });
}

function problemOf(refusal: "unknown" | "no-mailer" | "address-refused") {
  switch (refusal) {
    case "unknown":
      return houseProblem("not-found");
    case "no-mailer":
      return houseProblem("unavailable");
    case "address-refused":
      return authProblem("email-refused");
  }
}
