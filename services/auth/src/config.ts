import { existsSync } from "node:fs";
import { RATE_LIMITS_PATTERN } from "@comanda/rate-limits";
import { LOG_LEVELS, loadConfig, PROXY_NETWORKS_PATTERN } from "@comanda/service-kit";
import { type Static, Type } from "typebox";

const ClientSecret = Type.String({ minLength: 32, maxLength: 500 });

const MasterKey = Type.String({ pattern: "^[A-Za-z0-9+/]{43}=$" });

/** Everything auth reads from the environment; each variable may also come as `X_FILE`. */
const Settings = Type.Object({
  HOST: Type.String({ default: "127.0.0.1" }),
  AUTH_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8000 }),
  LOG_LEVEL: Type.Enum(LOG_LEVELS, { default: "info" }),
  AUTH_DATABASE_URL: Type.String({ pattern: "^postgres(ql)?://" }),
  // Stands in every token and is compared letter by letter; a trailing slash would be another issuer.
  AUTH_ISSUER: Type.String({ pattern: "^https?://[^\\s?#]*[^\\s?#/]$", default: "http://localhost:8080" }),
  AUTH_KEYS_DIR: Type.String({ minLength: 1 }),
  ORDER_CLIENT_SECRET: ClientSecret,
  PAYMENT_CLIENT_SECRET: ClientSecret,
  // The former ones, still good while the services are given the new ones.
  ORDER_CLIENT_SECRET_PREVIOUS: Type.Optional(ClientSecret),
  PAYMENT_CLIENT_SECRET_PREVIOUS: Type.Optional(ClientSecret),
  // Public keys of the services as the JSON of a JWKS, for `private_key_jwt`; the secrets go on being good.
  ORDER_CLIENT_JWKS: Type.Optional(Type.String()),
  PAYMENT_CLIENT_JWKS: Type.Optional(Type.String()),
  // 32 bytes in base64. Without it only what needs no name or CPF works (reliability F-51).
  PERSONAL_DATA_KEY: Type.Optional(MasterKey),
  // The other key that rows may be under while keys are changed: read with, never written with.
  PERSONAL_DATA_KEY_PREVIOUS: Type.Optional(MasterKey),
  // What differs from the quotas in http/rate-limits.ts: `anonymous=600/60 login=50/60`, or `off`.
  RATE_LIMITS: Type.Optional(Type.String({ pattern: RATE_LIMITS_PATTERN })),
  // Networks of the proxies in front, whose word about a client's address counts.
  TRUSTED_PROXIES: Type.String({ pattern: PROXY_NETWORKS_PATTERN, default: "loopback" }),
  ORDER_URL: Type.String({ pattern: "^https?://", default: "http://127.0.0.1:8001" }),
  PAYMENT_URL: Type.String({ pattern: "^https?://", default: "http://127.0.0.1:8002" }),
  // Where letters go: a mail server, or a folder for a machine without one; without both no code can be sent.
  SMTP_URL: Type.Optional(Type.String({ pattern: "^smtps?://[^\\s/?#]" })),
  // With the user and password before the present ones, for as long as the server may refuse those.
  SMTP_URL_PREVIOUS: Type.Optional(Type.String({ pattern: "^smtps?://[^\\s/?#]" })),
  MAIL_FROM: Type.Optional(Type.String({ minLength: 3, maxLength: 200, pattern: "^[^\\u0000-\\u001f\\u007f]+$" })),
  MAIL_FOLDER: Type.Optional(Type.String({ minLength: 1 })),
  // For one start, after a backup of order or payment was put back: both are told of every erasure again.
  REPEAT_ERASURES: Type.Boolean({ default: false }),
  // Seconds; without it ten minutes. More than that is the operator's own decision (docs/adr/0020).
  STAFF_TOKEN_SECONDS: Type.Optional(Type.Integer({ minimum: 60, maximum: 3600 })),
  // Whether staff need a second factor; without it, what `staffMfaIsRequired` says.
  STAFF_MFA: Type.Optional(Type.Enum(["required", "optional"])),
  // Shown above the one-time code and in letters; no password may contain it.
  SHOP_NAME: Type.String({ minLength: 1, maxLength: 60, default: "Comanda" }),
  ADMIN_NAME: Type.String({ minLength: 1, maxLength: 120, default: "Administrador" }),
  ADMIN_EMAIL: Type.String({ default: "admin@comanda.local" }),
  ADMIN_CPF: Type.Optional(Type.String()),
  ADMIN_PASSWORD: Type.Optional(Type.String()),
});

/** The settings of this process. */
export type Config = Readonly<Static<typeof Settings>>;

/** @throws ConfigError that names every fault at once */
export function readConfig(): Config {
  return loadConfig(Settings, withoutMissingKeyFile(process.env));
}

/**
 * Of all settings this one may be away (its disk, its vault) without stopping the start: whoever orders without a name
 * must not pay for it. What is there but unusable stops the start as always.
 */
function withoutMissingKeyFile(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PERSONAL_DATA_KEY_FILE: file, ...others } = environment;
  return file === undefined || file === "" || existsSync(file) ? environment : others;
}

const STAFF_TOKEN_S = 600;

/**
 * How long an access token of staff lives, in seconds: as set, else ten minutes, on one's own machine too
 * (reliability AU-04, docs/adr/0020-staff-tokens-ten-minutes.md).
 */
export function staffTokenSeconds(config: Pick<Config, "STAFF_TOKEN_SECONDS">): number {
  return config.STAFF_TOKEN_SECONDS ?? STAFF_TOKEN_S;
}

/**
 * Whether a password alone is not enough for staff: as set; else where the system stands at a public address
 * (docs/adr/0013-second-factor.md). `npm start` sets it where real money is taken.
 */
export function staffMfaIsRequired(config: Pick<Config, "AUTH_ISSUER" | "STAFF_MFA">): boolean {
  return config.STAFF_MFA === undefined ? config.AUTH_ISSUER.startsWith("https:") : config.STAFF_MFA === "required";
}
