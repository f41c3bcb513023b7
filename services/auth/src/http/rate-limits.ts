import { type Claim, type LimitHook, limitRate, type Quota, type RateLimiter, senderOf } from "@comanda/rate-limits";
import { parseCpf } from "../domain/cpf.ts";
import type { People } from "../storage/people.ts";
import { formOf } from "./token-form.ts";

/** What auth limits (reliability AU-30); `RATE_LIMITS` changes the figures. */
export const AUTH_QUOTAS = {
  /** Of a client at one address, whatever it asks `POST /token` for. */
  token: perMinute(60),
  /** Sign-ins by password from one address. */
  login: perMinute(20),
  /** Of one address, or one paired device. */
  identify: perMinute(10),
  /** Of one CPF, from wherever: nobody tries a number they do not have twice. */
  "identify-cpf": perMinute(5),
  register: perMinute(5),
  "register-device": perMinute(30),
  anonymous: perMinute(30),
  "anonymous-device": perMinute(120),
  /** Of one guest: how many codes they are sent. */
  verification: { requests: 3, windowSeconds: 900 },
  /** Of one administrator: a look-up by CPF or e-mail is for the person at the counter, not for a list. */
  search: { requests: 30, windowSeconds: 3600 },
} as const satisfies Record<string, Quota>;

function perMinute(requests: number): Quota {
  return { requests, windowSeconds: 60 };
}

/** The names of the limits. */
export type AuthLimit = keyof typeof AUTH_QUOTAS;

type Hook = LimitHook;
type Asking = Parameters<Hook>[0];

/** The limits of each route, to be its `preHandler`. */
export type AuthLimits = {
  readonly issueToken: Hook;
  readonly identify: Hook;
  readonly register: Hook;
  readonly createAnonymous: Hook;
  readonly search: Hook;
  readonly sendCode: Hook;
};

export function makeAuthLimits(
  limiter: RateLimiter<AuthLimit>,
  personalData: Pick<People["personalData"], "index">,
): AuthLimits {
  const by = (claimsOf: (request: Asking) => readonly Claim<AuthLimit>[]) => limitRate(limiter, claimsOf);
  return {
    issueToken: by(claimsOfToken),
    identify: by((request) => [
      { limit: "identify", of: senderOf(request).of },
      ...claimsOfCpf(request.body, (digits) => personalData.index("cpf", digits)),
    ]),
    register: by((request) => [ofSender(request, "register", "register-device")]),
    createAnonymous: by((request) => [ofSender(request, "anonymous", "anonymous-device")]),
    sendCode: by(({ caller }) => [{ limit: "verification", of: caller?.id ?? "" }]),
    search: by(({ caller }) => [{ limit: "search", of: caller?.id ?? "" }]),
  };
}

function ofSender(request: Asking, byAddress: AuthLimit, byDevice: AuthLimit): Claim<AuthLimit> {
  const { isDevice, of } = senderOf(request);
  return { limit: isDevice ? byDevice : byAddress, of };
}

/**
 * A client's own limit holds at one address: whoever knows its name could use it up for it otherwise, and a service that
 * gets no token serves nobody.
 */
function claimsOfToken(request: Asking): readonly Claim<AuthLimit>[] {
  const form = formOf(request);
  const isLogin = (form.get("grant_type") ?? "password") === "password";
  const client = form.get("client_id") ?? basicClientOf(request.headers.authorization) ?? "";
  return [
    { limit: "token", of: `${client.slice(0, 100)}\0${request.ip}` },
    ...(isLogin ? [{ limit: "login", of: request.ip } as const] : []),
  ];
}

function basicClientOf(header: string | undefined): string | undefined {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  return basic === undefined ? undefined : Buffer.from(basic, "base64").toString("latin1").split(":", 1)[0];
}

function claimsOfCpf(body: unknown, indexOf: (digits: string) => Buffer): readonly Claim<AuthLimit>[] {
  const text: unknown = typeof body === "object" && body !== null && "cpf" in body ? body.cpf : undefined;
  const cpf = typeof text === "string" ? parseCpf(text) : null;
  return cpf?.ok ? [{ limit: "identify-cpf", of: indexOf(cpf.value.reveal()) }] : [];
}
