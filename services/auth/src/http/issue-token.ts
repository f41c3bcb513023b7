import { addressBlock } from "@comanda/rate-limits";
import { type App, Nullable, type TokenVerifier } from "@comanda/service-kit";
import { Type } from "typebox";
import { shortAgent } from "../domain/agent.ts";
import type { AuthenticateClient } from "../use-cases/authenticate-client.ts";
import type { PasswordHasher } from "../use-cases/password-hasher.ts";
import type { SwitchByPin } from "../use-cases/switch-by-pin.ts";
import { answerPin } from "./answer-pin.ts";
import { readKnownDevice, writeKnownDevice } from "./known-device-cookie.ts";
import { notePinEnded } from "./note-pin-ended.ts";
import type { NoteSignIn } from "./note-sign-in.ts";
import { FORM_TYPE, OAuthErrorAnswer, oauthEndpoint, oauthRefusals } from "./oauth-endpoint.ts";
import type { AuthLimits } from "./rate-limits.ts";
import { accessTokenMembers } from "./schemas.ts";
import { clientOf, formOf, OAuthError } from "./token-form.ts";
import {
  answerClientCredentials,
  answerDevice,
  answerPassword,
  answerRefresh,
  type GrantDeps,
} from "./token-grants.ts";

type Deps = GrantDeps & {
  readonly noteSignIn: NoteSignIn;
  /** Turns away those who come when too many passwords are being checked; they do not count as attempts. */
  readonly admit: PasswordHasher["admit"];
  readonly switchByPin: SwitchByPin;
  readonly verifyToken: TokenVerifier;
  /** Whether pages are reached by https. */
  readonly isSecure: boolean;
  readonly authenticateClient: AuthenticateClient;
  readonly limits: AuthLimits;
};

/** The grants of `POST /token`, as the metadata name them. */
export const GRANT_TYPES = [
  "password",
  "refresh_token",
  "client_credentials",
  "urn:comanda:device",
  "urn:comanda:pin",
] as const;

const TokenForm = Type.Object(
  {
    grant_type: Type.Optional(Type.Enum(GRANT_TYPES, { default: "password" })),
    username: Type.Optional(Type.String({ description: "E-mail, with `password`" })),
    password: Type.Optional(Type.String()),
    mfa_code: Type.Optional(
      Type.String({
        description: "With `password`, of staff with a second factor: one-time or recovery code, good once",
      }),
    ),
    refresh_token: Type.Optional(Type.String({ description: "With `refresh_token`; good for one use" })),
    pairing_code: Type.Optional(Type.String({ description: "With `urn:comanda:device`; good once, for ten minutes" })),
    software_version: Type.Optional(
      Type.String({
        maxLength: 40,
        pattern: "^[\\w.+-]+$",
        description: "What a device runs, with `urn:comanda:device` and its renewals; shown in the list of devices",
      }),
    ),
    person_id: Type.Optional(Type.String({ description: "With `urn:comanda:pin`: one of `GET /devices/people`" })),
    pin: Type.Optional(Type.String({ description: "With `urn:comanda:pin`; the device's token is the bearer" })),
    client_id: Type.Optional(Type.String({ description: "With `client_credentials`, unless HTTP Basic is used" })),
    client_secret: Type.Optional(Type.String()),
    client_assertion_type: Type.Optional(Type.String({ description: "With `client_assertion`: RFC 7523 §2.2" })),
    client_assertion: Type.Optional(
      Type.String({ description: "Instead of a secret: a JWT signed with the service's key, good once" }),
    ),
    resource: Type.Optional(Type.String({ description: "With `client_credentials`: `urn:comanda:<service>`" })),
  },
  {
    additionalProperties: true,
    examples: [{ grant_type: "password", username: "ana@exemplo.com.br", password: "um pastel de queijo às seis" }],
  },
);

const TokenAnswer = Type.Object({
  ...accessTokenMembers,
  refresh_token: Type.Optional(Type.String({ description: "Not for services" })),
  scope: Type.String(),
  customer_id: Nullable(Type.String({ description: "Id of the person; null for a service or a device" })),
});

const schema = {
  operationId: "issue-token",
  tags: ["tokens"],
  summary: "OAuth 2.0 token endpoint",
  description: [
    "Grants: `password` (of our own pages only; `grant_type` may be left out), `refresh_token` (each one is good for one use;",
    "the same one within 10 s gets the same answer, later it ends the whole session), `urn:comanda:device` (a device, with its pairing code), `urn:comanda:pin` (staff at a paired counter or kitchen screen: ten minutes, no renewal, no more rights than the screen allows) and `client_credentials`",
    "(services).",
    "Errors in the form of RFC 6749 §5.2.",
  ].join(" "),
  consumes: [FORM_TYPE],
  body: TokenForm,
  response: { 200: TokenAnswer, 429: OAuthErrorAnswer, ...oauthRefusals },
} as const;

/** `POST /token` */
export async function issueTokenRoute(app: App, deps: Deps): Promise<void> {
  await oauthEndpoint(app, (scope) => {
    const route = {
      config: { access: "tokenless" },
      schema,
      validatorCompiler: () => () => true,
      preHandler: deps.limits.issueToken,
    } as const;
    scope.post("/token", route, async (request, reply) => {
      reply.header("cache-control", "no-store");
      const form = formOf(request);
      const grantType = form.get("grant_type") ?? "password";
      switch (grantType) {
        case "password":
          return deps.admit(() =>
            deps.noteSignIn({ request, form, action: "sign-in" }, () =>
              answerPassword(form, {
                ...deps,
                agent: shortAgent(request.headers["user-agent"]),
                mark: readKnownDevice(request.headers.cookie),
                keepMark: (mark) => void reply.header("set-cookie", writeKnownDevice(mark, deps)),
              }),
            ),
          );
        case "refresh_token":
          return deps.noteSignIn({ request, form, action: "renew" }, () =>
            answerRefresh(form, { ...deps, log: request.log }),
          );
        case "urn:comanda:device":
          return deps.noteSignIn({ request, form, action: "pair-device" }, () =>
            answerDevice(form, { ...deps, log: request.log, address: addressBlock(request.ip) }),
          );
        case "urn:comanda:pin": {
          const { authorization, "user-agent": agent } = request.headers;
          return deps.admit(() =>
            deps.noteSignIn({ request, form, action: "switch-by-pin" }, () =>
              answerPin(form, {
                ...deps,
                authorization,
                agent: shortAgent(agent),
                onPinEnded: notePinEnded(request, deps.clock),
              }),
            ),
          );
        }
        case "client_credentials":
          return deps.noteSignIn({ request, form, action: "authenticate-service" }, async () =>
            answerClientCredentials(await clientOf(request, form, deps.authenticateClient), form, deps),
          );
        default:
          throw new OAuthError("this grant type is not supported", { error: "unsupported_grant_type" });
      }
    });
  });
}
