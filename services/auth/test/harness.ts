import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDatabase, createPool } from "@comanda/postgres";
import { type Clock, newId, systemClock } from "@comanda/primitives";
import type { DeviceKind, Level, Log, Role } from "@comanda/service-kit";
import {
  createTestDatabase,
  createTestLog,
  harvestSettings,
  noteFigures,
  type TestDatabase,
  waitFor,
} from "@comanda/testing";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import { type AuthDeps, type AuthService, buildApp } from "../src/app.ts";
import { createPublishedKeys } from "../src/storage/published-keys.ts";
import type { AuthTables } from "../src/storage/schema.ts";
import { openSigningKeys, type SigningKeys } from "../src/storage/signing-keys.ts";

export const MIGRATIONS = fileURLToPath(new URL("../migrations", import.meta.url));
export const ISSUER = "http://auth.test";

/** Secrets of the tests; of the right form and of no other use. */
export const settings = {
  AUTH_ISSUER: ISSUER,
  ORDER_CLIENT_SECRET: "order-secret-0123456789abcdef0123456789",
  PAYMENT_CLIENT_SECRET: "payment: secret+with %odd& characters 0123456789",
  PERSONAL_DATA_KEY: Buffer.alloc(32, 7).toString("base64"),
  RATE_LIMITS: "off",
  SHOP_NAME: "Comanda",
};

/** Auth on its own database and key folder, with every line it logs. */
export type Auth = AuthService & {
  readonly database: TestDatabase;
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly keysDir: string;
  readonly logLines: readonly string[];
  readonly log: Log;
  readonly close: () => Promise<void>;
};

export async function startAuth(
  options: {
    readonly clock?: Clock;
    readonly route?: (databaseUrl: string) => Promise<string>;
    readonly settings?: Partial<AuthDeps["settings"]>;
    /** Without the master key of personal data. */
    readonly isKeyless?: boolean;
  } = {},
): Promise<Auth> {
  const { log, lines: logLines } = createTestLog("auth", "trace");
  const database = await createTestDatabase({ migrations: MIGRATIONS });
  const keysDir = await mkdtemp(join(tmpdir(), "comanda-auth-keys-"));
  await writeKey(keysDir, "0001");
  const clock = options.clock ?? systemClock;
  const published = createPublishedKeys(createDatabase<AuthTables>(database.pool));
  const keys = await openSigningKeys({ directory: keysDir, published, log, reloadMs: 20, clock });
  const connectionString = (await options.route?.(database.url)) ?? database.url;
  const pool = createPool({ connectionString, applicationName: "comanda-auth", log });
  const { PERSONAL_DATA_KEY: key, ...others } = { ...settings, ...options.settings };
  const ours = options.isKeyless === true ? others : { ...others, PERSONAL_DATA_KEY: key };
  harvestSettings({ ...ours, AUTH_DATABASE_URL: database.url });
  const service = await buildApp({ pool, keys, settings: ours, log, clock });
  await service.app.ready();
  await service.start();
  return {
    ...service,
    database,
    issuer: options.settings?.AUTH_ISSUER ?? ISSUER,
    keys,
    keysDir,
    logLines,
    log,
    close: async () => {
      await noteFigures("auth", service.app);
      await service.app.close();
      await service.stop();
      keys.stop();
      await pool.end();
      await database.drop();
      await rm(keysDir, { recursive: true, force: true });
    },
  };
}

/** Puts a fresh private key `<name>.jwk.json` into a key folder; its `kid` is the name. */
export async function writeKey(directory: string, name: string): Promise<void> {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: name };
  harvestSettings({ SIGNING_KEY: jwk.d });
  await writeFile(join(directory, `${name}.jwk.json`), JSON.stringify(jwk));
}

/** What a token should say otherwise than a good one of this role. */
export type TokenDifferences = {
  readonly role: Role;
  readonly subject?: string;
  readonly level?: Level;
  readonly kind?: DeviceKind;
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: Readonly<Record<string, unknown>>;
};

/** Signs a token with the very key of the service, so that only what differs can be what is refused. */
export async function signToken(auth: Auth, differences: TokenDifferences): Promise<string> {
  const { kid, privateKey } = auth.keys.current();
  const nowS = Math.floor(Date.now() / 1000);
  const claims = {
    iss: auth.issuer,
    aud: ["auth", "order", "payment"],
    sub: differences.subject ?? newId(),
    jti: newId(),
    client_id: "web",
    iat: nowS,
    nbf: nowS,
    exp: nowS + 300,
    role: differences.role,
    level: differences.level,
    kind: differences.kind,
    ...differences.claims,
  };
  const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(present)
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid, ...differences.header })
    .sign(privateKey);
}

/** Headers that carry a token. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** `POST` with a JSON body. */
export async function post(auth: Auth, url: string, options: { payload?: unknown; token?: string } = {}) {
  return auth.app.inject({
    method: "POST",
    url,
    headers: {
      ...(options.payload === undefined ? {} : { "content-type": "application/json" }),
      ...(options.token === undefined ? {} : bearer(options.token)),
    },
    ...(options.payload === undefined ? {} : { payload: JSON.stringify(options.payload) }),
  });
}

/** `POST` with a form. */
export async function postForm(
  auth: Auth,
  url: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
) {
  return auth.app.inject({
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    payload: typeof form === "string" ? form : new URLSearchParams(form).toString(),
  });
}

/** `POST /token` with a form. */
export async function postToken(
  auth: Auth,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
) {
  return postForm(auth, "/token", form, headers);
}

/** How a request is made that a helper of its own would say no more of. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Asks auth, with a token and a JSON body where there are any. */
export function callAuth(
  auth: Auth,
  method: Method,
  url: string,
  { token, payload }: { readonly token?: string | undefined; readonly payload?: unknown } = {},
) {
  return auth.app.inject({
    method,
    url,
    headers: {
      ...(token === undefined ? {} : bearer(token)),
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });
}

/** Waits until some statement on auth's database waits for a lock that another one holds. */
export async function untilOneWaits(auth: Auth): Promise<void> {
  await waitFor(async () => {
    const { rows } = await auth.database.pool.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows.length > 0;
  });
}
