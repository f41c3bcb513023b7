import {
  addressBlock,
  type Claim,
  type LimitHook,
  limitRate,
  type Quota,
  type RateLimiter,
  senderOf,
} from "@comanda/rate-limits";
import { parseCpf } from "../domain/cpf.ts";
import { PUBLIC_CLIENTS, SERVICE_AUDIENCES } from "../domain/token-policy.ts";
import type { People } from "../storage/people.ts";
import { formOf } from "./token-form.ts";

const QUARTER_S = 900;

/** What auth limits (reliability AU-30); `RATE_LIMITS` changes the figures. */
export const AUTH_QUOTAS = {
  /** Of a client at one address, whatever it asks `POST /token` for; clients nobody knows are one. */
  token: perMinute(60),
  /** Of all clients at one address but the services. */
  "token-address": perMinute(120),
  /** Sign-ins by password from one address. */
  login: perMinute(20),
  /** Of one address, or one paired device. */
  identify: perMinute(10),
  /** Of one CPF, from wherever: nobody tries a number they do not have twice. */
  "identify-cpf": perMinute(5),
  /** Of one CPF at one paired device: who tries it from outside keeps nobody from being recognised at the totem. */
  "identify-cpf-device": perMinute(5),
  register: perMinute(5),
  "register-device": perMinute(30),
  anonymous: perMinute(30),
  "anonymous-device": perMinute(120),
  /** Of one guest at one address or device: how many codes they are sent. */
  verification: { requests: 3, windowSeconds: QUARTER_S },
  /** Of one address, or one paired device, for whomever it asks. */
  "verification-sender": { requests: 10, windowSeconds: QUARTER_S },
  "verification-device": { requests: 60, windowSeconds: QUARTER_S },
  /** Of one guest from wherever: their mailbox is not for others to fill. Who is signed in, and each device, apart. */
  "verification-day": { requests: 12, windowSeconds: 86_400 },
  /** Codes tried from one address, or one paired device. Wrong ones are counted by guest as well: `CODE_ATTEMPTS`. */
  confirm: { requests: 20, windowSeconds: QUARTER_S },
  "confirm-device": { requests: 60, windowSeconds: QUARTER_S },
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
  readonly confirmCode: Hook;
  readonly correct: Hook;
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
      ...claimsOfCpf(request, (digits) => personalData.index("cpf", digits)),
    ]),
    register: by((request) => [ofSender(request, "register", "register-device")]),
    createAnonymous: by((request) => [ofSender(request, "anonymous", "anonymous-device")]),
    sendCode: by(claimsOfCode),
    confirmCode: by((request) => [ofPlace(request, "confirm", "confirm-device")]),
    // Whether an e-mail or a CPF is taken is answered here as it is to whoever registers. Administrators may ask anyway.
    correct: by((request) =>
      request.caller?.role !== "customer" || !namesSomebody(request.body)
        ? []
        : [ofPlace(request, "register", "register-device")],
    ),
    search: by(({ caller }) => [{ limit: "search", of: caller?.id ?? "" }]),
  };
}

function ofSender(request: Asking, byAddress: AuthLimit, byDevice: AuthLimit): Claim<AuthLimit> {
  const { isDevice, of } = senderOf(request);
  return { limit: isDevice ? byDevice : byAddress, of };
}

/** The same, and a guest counts for the paired device at which they stand: their token says so (docs/adr/0014). */
function ofPlace(request: Asking, byAddress: AuthLimit, byDevice: AuthLimit): Claim<AuthLimit> {
  const { deviceId } = request.caller ?? {};
  return deviceId == null ? ofSender(request, byAddress, byDevice) : { limit: byDevice, of: `device:${deviceId}` };
}

/** Letters: how many this guest is sent at this place, how many this place asks for, and how many in a day at all. */
function claimsOfCode(request: Asking): readonly Claim<AuthLimit>[] {
  const place = ofPlace(request, "verification-sender", "verification-device");
  const { id = "", level = null, deviceId = null } = request.caller ?? {};
  return [
    { limit: "verification", of: `${id}\0${place.of.toString()}` },
    place,
    { limit: "verification-day", of: JSON.stringify([id, level, deviceId]) },
  ];
}

function namesSomebody(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("email" in body || "cpf" in body);
}

const SERVICES: ReadonlySet<string> = new Set(Object.keys(SERVICE_AUDIENCES));
const CLIENTS: ReadonlySet<string> = new Set([...PUBLIC_CLIENTS, ...SERVICES]);

/**
 * A client's own limit holds at one address: whoever knows its name could use it up for it otherwise, and a service that
 * gets no token serves nobody; nor does what others at its address do use it up. Names that are no client's are one: a
 * fresh name would be a fresh limit.
 */
function claimsOfToken(request: Asking): readonly Claim<AuthLimit>[] {
  const form = formOf(request);
  const isLogin = (form.get("grant_type") ?? "password") === "password";
  const named = form.get("client_id") ?? basicClientOf(request.headers.authorization) ?? "";
  const address = addressBlock(request.ip);
  return [
    { limit: "token", of: `${CLIENTS.has(named) ? named : ""}\0${address}` },
    ...(SERVICES.has(named) ? [] : [{ limit: "token-address", of: address } as const]),
    ...(isLogin ? [{ limit: "login", of: address } as const] : []),
  ];
}

function basicClientOf(header: string | undefined): string | undefined {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  return basic === undefined ? undefined : Buffer.from(basic, "base64").toString("latin1").split(":", 1)[0];
}

function claimsOfCpf(request: Asking, indexOf: (digits: string) => Buffer): readonly Claim<AuthLimit>[] {
  const { body } = request;
  const text: unknown = typeof body === "object" && body !== null && "cpf" in body ? body.cpf : undefined;
  const cpf = typeof text === "string" ? parseCpf(text) : null;
  if (!cpf?.ok) return [];
  const index = indexOf(cpf.value.reveal());
  const { isDevice, of } = senderOf(request);
  if (!isDevice) return [{ limit: "identify-cpf", of: index }];
  return [{ limit: "identify-cpf-device", of: `${of}\0${index.toString("base64")}` }];
}
