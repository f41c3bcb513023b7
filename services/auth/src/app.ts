import { hkdfSync } from "node:crypto";
import { type AuditTrail, addAuditRoutes, createPostgresTrail, useAudit } from "@comanda/audit";
import { createDatabase, databaseIsReachable, isTransient, type Pool } from "@comanda/postgres";
import { type Clock, systemClock } from "@comanda/primitives";
import { createPostgresCounter, createRateLimiter, readQuotas } from "@comanda/rate-limits";
import {
  type App,
  buildService,
  createTokenVerifier,
  type Log,
  readProxyNetworks,
  type Service,
  type TokenVerifier,
} from "@comanda/service-kit";
import { type Config, staffMfaIsRequired, staffTokenSeconds } from "./config.ts";
import { AUDIENCES, type Audience } from "./domain/token-policy.ts";
import { ServiceAwayError } from "./gateways/other-services.ts";
import { checkTokenRoute } from "./http/check-token.ts";
import { createAnonymousCustomerRoute } from "./http/create-anonymous-customer.ts";
import { createDeviceRoute } from "./http/create-device.ts";
import { createStaffMemberRoute } from "./http/create-staff-member.ts";
import { identifyCustomerRoute } from "./http/identify-customer.ts";
import { introspectTokenRoute } from "./http/introspect-token.ts";
import { issueTokenRoute } from "./http/issue-token.ts";
import { listCustomersRoute } from "./http/list-customers.ts";
import { listDevicesRoute } from "./http/list-devices.ts";
import { listRevocationsRoute } from "./http/list-revocations.ts";
import { listSigningKeysRoute } from "./http/list-signing-keys.ts";
import { makeNoteSignIn } from "./http/note-sign-in.ts";
import { AUTH_QUOTAS, type AuthLimits, makeAuthLimits } from "./http/rate-limits.ts";
import { readCustomerRoute } from "./http/read-customer.ts";
import { readServerMetadataRoute } from "./http/read-server-metadata.ts";
import { registerCustomerRoute } from "./http/register-customer.ts";
import { revokeDeviceRoute } from "./http/revoke-device.ts";
import { revokeTokenRoute } from "./http/revoke-token.ts";
import { searchCustomersRoute } from "./http/search-customers.ts";
import { addPrivacy, type PrivacySettings } from "./privacy.ts";
import { makeRevocationWatch, type RevocationWatch } from "./revocation-watch.ts";
import { addStaffRoutes, makeStaff, type Staff } from "./staff.ts";
import { findPerson, type People } from "./storage/people.ts";
import { makePersonCache } from "./storage/person-cache.ts";
import { makePersonalData, PersonalDataKeyError } from "./storage/personal-data.ts";
import type { AuthTables } from "./storage/schema.ts";
import type { SigningKeys } from "./storage/signing-keys.ts";
import { type AuthenticateClient, makeAuthenticateBySecret } from "./use-cases/authenticate-client.ts";
import { makeBeginSession } from "./use-cases/begin-session.ts";
import { makeBeginSignedIn } from "./use-cases/begin-signed-in.ts";
import { BusyError } from "./use-cases/bulkhead.ts";
import { makeCheckClientAssertion } from "./use-cases/check-client-assertion.ts";
import { makeCreateAnonymousCustomer } from "./use-cases/create-anonymous-customer.ts";
import { makeCreateDevice } from "./use-cases/create-device.ts";
import { makeCreateStaffMember } from "./use-cases/create-staff-member.ts";
import { makeNoteDevice, type NoteDevice } from "./use-cases/device-presence.ts";
import { makeFindHolder } from "./use-cases/find-holder.ts";
import { type IssueAccessToken, makeIssueAccessToken } from "./use-cases/issue-access-token.ts";
import { makePairDevice } from "./use-cases/pair-device.ts";
import { makePasswordHasher, type PasswordHasher } from "./use-cases/password-hasher.ts";
import { makeRefreshSession } from "./use-cases/refresh-session.ts";
import { makeRegisterCustomer } from "./use-cases/register-customer.ts";
import { makeRevokeDevice } from "./use-cases/revoke-device.ts";
import { makeRevokeToken } from "./use-cases/revoke-token.ts";
import { makeTidying } from "./use-cases/tidy-up.ts";

/** What auth is built from. Nothing here is opened or closed by the app. */
export type AuthDeps = {
  readonly pool: Pool;
  readonly keys: SigningKeys;
  readonly settings: Pick<
    Config,
    | "AUTH_ISSUER"
    | "ORDER_CLIENT_SECRET"
    | "PAYMENT_CLIENT_SECRET"
    | "PERSONAL_DATA_KEY"
    | "PERSONAL_DATA_KEY_PREVIOUS"
    | "STAFF_TOKEN_SECONDS"
    | "SHOP_NAME"
  > &
    Partial<
      Pick<
        Config,
        | "ORDER_CLIENT_SECRET_PREVIOUS"
        | "PAYMENT_CLIENT_SECRET_PREVIOUS"
        | "RATE_LIMITS"
        | "ORDER_CLIENT_JWKS"
        | "PAYMENT_CLIENT_JWKS"
        | "TRUSTED_PROXIES"
        | "STAFF_MFA"
      >
    > &
    PrivacySettings;
  readonly log: Log;
  readonly clock?: Clock;
};

/** Auth without the process: all routes, and what the start needs to make the first administrator. */
export type AuthService = Service & {
  readonly people: People;
  readonly passwords: PasswordHasher;
  /** Begins the background work; the migrations must have run. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Builds the whole service. Neither the database nor the network is touched before the first request. */
export async function buildApp(deps: AuthDeps): Promise<AuthService> {
  const { pool, keys, settings, log, clock = systemClock } = deps;
  const issuer = settings.AUTH_ISSUER;
  const people: People = {
    db: createDatabase<AuthTables>(pool),
    personalData: makePersonalData({
      current: settings.PERSONAL_DATA_KEY,
      previous: settings.PERSONAL_DATA_KEY_PREVIOUS,
    }),
  };
  const passwords = makePasswordHasher();
  const keyIds = () => keys.publicKeys().map(({ kid }) => kid);
  const revocations = makeRevocationWatch({ db: people.db, keyIds, clock, log });
  const verifiers = makeVerifiers({ issuer, keys: keys.verificationKeys, clock, isRevoked: revocations.isRevoked });
  const service = await buildService({
    name: "auth",
    title: "Comanda auth",
    description: "Who somebody is: sign-in of staff, guests by CPF or without a name, tokens and their keys.",
    version: "0.1.0",
    log,
    verifyToken: verifiers.auth,
    readiness: [{ name: "database", check: () => reach(pool) }],
    isOutage: (error) => isOutage(error),
    rewriteUrl: withoutAlias,
    trustedProxies: readProxyNetworks(settings.TRUSTED_PROXIES ?? "loopback"),
  });

  const trail = openTrail(service.app, { people, clock });
  const policy = { staffSeconds: staffTokenSeconds(settings), mfaIsRequired: staffMfaIsRequired(settings) };
  const issueAccessToken = makeIssueAccessToken({ keys, issuer, clock, policy });
  const noteDevice = makeNoteDevice({ db: people.db, clock, log });
  const { limits, purgeCounts } = makeLimiting({ pool, settings, log, people });
  const everywhere = { people, passwords, clock, limits, issueAccessToken };
  const staff = makeStaff({ ...everywhere, ...staffSettings(settings), noteRevocations: revocations.refresh });
  const told = { trail, keys, settings, revocations, verifiers, noteDevice };
  const parts: Parts = { ...everywhere, ...told, staff };
  await addRoutes(service.app, parts);
  const tidying = makeTidying({ db: people.db, clock, log, purgeCounts });
  const { metrics } = service;
  const { shopName } = staff;
  const privacy = addPrivacy(service.app, { ...parts, log, metrics, shopName, noteRevocations: revocations.refresh });
  return {
    ...service,
    people,
    passwords,
    start: async () => {
      await revocations.start();
      tidying.start();
      privacy.start();
    },
    stop: async () => {
      revocations.stop();
      tidying.stop();
      await privacy.stop();
    },
  };
}

/** Before the routes: it is they who say what is audited. */
function openTrail(app: App, { people, clock }: Pick<Parts, "people" | "clock">): AuditTrail {
  const trail = createPostgresTrail(people.db);
  useAudit(app, { trail, clock });
  addAuditRoutes(app, { service: "auth", trail });
  return trail;
}

function makeLimiting(deps: Pick<AuthDeps, "pool" | "settings" | "log"> & { readonly people: People }) {
  const counter = createPostgresCounter(deps.pool);
  const quotas = readQuotas(deps.settings.RATE_LIMITS, AUTH_QUOTAS);
  // A secret that is always there, also without PERSONAL_DATA_KEY; whoever changes it begins the counts anew.
  const secret = Buffer.from(hkdfSync("sha256", deps.settings.ORDER_CLIENT_SECRET, "", "comanda rate limits", 32));
  const limiter = createRateLimiter({ quotas, counter, secret, log: deps.log });
  return { limits: makeAuthLimits(limiter, deps.people.personalData), purgeCounts: counter.purge };
}

function staffSettings(settings: AuthDeps["settings"]) {
  return { mfaIsRequired: staffMfaIsRequired(settings), shopName: settings.SHOP_NAME };
}

/** The very checks that the services run on a token, each for its own name in it. */
function makeVerifiers(options: Omit<Parameters<typeof createTokenVerifier>[0], "audience">) {
  const verifierFor = (audience: Audience) => createTokenVerifier({ ...options, audience });
  return { auth: verifierFor("auth"), order: verifierFor("order"), payment: verifierFor("payment") };
}

type Parts = Pick<AuthDeps, "keys" | "settings"> & {
  readonly people: People;
  readonly trail: AuditTrail;
  readonly limits: AuthLimits;
  readonly staff: Staff;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly revocations: RevocationWatch;
  readonly verifiers: Readonly<Record<Audience, TokenVerifier>>;
  readonly issueAccessToken: IssueAccessToken;
  readonly noteDevice: NoteDevice;
};

async function addRoutes(app: App, parts: Parts): Promise<void> {
  addStaffRoutes(app, parts.staff);
  await addTokenRoutes(app, parts);
  addDeviceRoutes(app, parts);
  await addPeopleRoutes(app, parts);
}

async function addTokenRoutes(app: App, parts: Parts): Promise<void> {
  const { people, keys, settings, clock, revocations, issueAccessToken, noteDevice } = parts;
  const { db } = people;
  const authenticateClient = makeAuthenticateClient(parts);
  const beginSession = makeBeginSession({ db, clock, issueAccessToken });
  await issueTokenRoute(app, {
    signIn: parts.staff.signIn,
    switchByPin: parts.staff.switchByPin,
    admit: parts.passwords.admit,
    verifyToken: parts.verifiers.auth,
    isSecure: settings.AUTH_ISSUER.startsWith("https:"),
    beginSignedIn: makeBeginSignedIn({ db, beginSession }),
    pairDevice: makePairDevice({ people, clock, beginSession }),
    noteDevice,
    refreshSession: makeRefreshSession({ db, clock, issueAccessToken, findHolder: makeFindHolder(people) }),
    noteRevocations: revocations.refresh,
    authenticateClient,
    issueAccessToken,
    clock,
    limits: parts.limits,
    noteSignIn: makeNoteSignIn({ trail: parts.trail, personalData: people.personalData, clock }),
  });
  const readPerson = makePersonCache({ load: (id) => findPerson(people, id), clock });
  checkTokenRoute(app, { readPerson, noteDevice });
  await introspectTokenRoute(app, { authenticateClient, verifiers: parts.verifiers, readPerson });
  await addTokenRevocation(app, parts, authenticateClient);
  listRevocationsRoute(app, { revocations });
  listSigningKeysRoute(app, { keys });
  readServerMetadataRoute(app, { issuer: settings.AUTH_ISSUER });
}

function makeAuthenticateClient({ people, settings, clock }: Parts): AuthenticateClient {
  const { AUTH_ISSUER: issuer } = settings;
  return {
    bySecret: makeAuthenticateBySecret({
      order: { current: settings.ORDER_CLIENT_SECRET, previous: settings.ORDER_CLIENT_SECRET_PREVIOUS },
      payment: { current: settings.PAYMENT_CLIENT_SECRET, previous: settings.PAYMENT_CLIENT_SECRET_PREVIOUS },
    }),
    byAssertion: makeCheckClientAssertion({
      keySets: { order: settings.ORDER_CLIENT_JWKS, payment: settings.PAYMENT_CLIENT_JWKS },
      audiences: [issuer, `${issuer}/token`],
      db: people.db,
      clock,
    }),
  };
}

async function addTokenRevocation(app: App, parts: Parts, authenticateClient: AuthenticateClient): Promise<void> {
  const { people, clock, revocations, verifiers } = parts;
  const readAccessToken = async (token: string) => {
    for (const audience of AUDIENCES) {
      const caller = await verifiers[audience](token);
      if (caller !== null) return caller;
    }
    return null;
  };
  const noteRevocations = revocations.refresh;
  const revokeToken = makeRevokeToken({ db: people.db, clock, readAccessToken, noteRevocations });
  await revokeTokenRoute(app, { authenticateClient, verifyToken: verifiers.auth, revokeToken });
}

function addDeviceRoutes(app: App, { people, clock, revocations }: Parts): void {
  const { db } = people;
  createDeviceRoute(app, { createDevice: makeCreateDevice({ people, clock }) });
  listDevicesRoute(app, { db });
  revokeDeviceRoute(app, { revokeDevice: makeRevokeDevice({ db, clock, noteRevocations: revocations.refresh }) });
}

async function addPeopleRoutes(app: App, parts: Parts): Promise<void> {
  const { people, passwords, clock, issueAccessToken, limits } = parts;
  const createAnonymousCustomer = makeCreateAnonymousCustomer({ people, clock });
  await createAnonymousCustomerRoute(app, { createAnonymousCustomer, issueAccessToken, limits });
  identifyCustomerRoute(app, { people, issueAccessToken, limits });
  const registerCustomer = makeRegisterCustomer({ people, passwords, clock });
  const { shopName } = parts.staff;
  registerCustomerRoute(app, { shopName, registerCustomer, issueAccessToken, limits });

  createStaffMemberRoute(app, { shopName, createStaffMember: makeCreateStaffMember({ people, passwords, clock }) });
  listCustomersRoute(app, { people });
  searchCustomersRoute(app, { people, limits });
  readCustomerRoute(app, { people });
}

/** What passes by itself, or when somebody puts a key back: the guest is told to come again, not that we broke. */
function isOutage(error: unknown): boolean {
  const outages = [BusyError, PersonalDataKeyError, ServiceAwayError];
  return isTransient(error) || outages.some((outage) => error instanceof outage);
}

async function reach(pool: Pool): Promise<void> {
  if (!(await databaseIsReachable(pool, 1_500))) throw new Error("the database does not answer");
}

/** `/customer/…` and `/customers/…` are both in use (the contract, conventions). */
function withoutAlias(url: string): string {
  return !url.startsWith("/customer") ? url : url.replace(/^\/customer(?=[/?]|$)/, "/customers");
}
