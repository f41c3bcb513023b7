import type { ProcessPlan } from "./supervisor.ts";

type ProcessName = ProcessPlan["name"];

/**
 * Which processes may be told what opens something: a secret that was given by the environment reaches nobody else, for
 * each opens a database, a till or somebody's name. `<name>_FILE` goes the way of `<name>`.
 */
export const OWNERS: Readonly<Record<string, readonly ProcessName[]>> = {
  AUTH_DATABASE_URL: ["auth"],
  ORDER_DATABASE_URL: ["order"],
  PAYMENT_DATABASE_URL: ["payment"],
  MONGODB_URI: ["payment"],
  PERSONAL_DATA_KEY: ["auth"],
  PERSONAL_DATA_KEY_PREVIOUS: ["auth"],
  AUTH_KEYS_DIR: ["auth"],
  ADMIN_PASSWORD: ["auth"],
  ADMIN_CPF: ["auth"],
  SMTP_URL: ["auth"],
  SMTP_URL_PREVIOUS: ["auth"],
  ORDER_CLIENT_SECRET: ["auth", "order"],
  ORDER_CLIENT_SECRET_PREVIOUS: ["auth", "order"],
  PAYMENT_CLIENT_SECRET: ["auth", "payment"],
  PAYMENT_CLIENT_SECRET_PREVIOUS: ["auth"],
  MERCADOPAGO_ACCESS_TOKEN: ["payment"],
  MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: ["payment"],
  MERCADOPAGO_WEBHOOK_SECRET: ["payment"],
  MERCADOPAGO_WEBHOOK_SECRET_PREVIOUS: ["payment"],
  SANDBOX_ACCESS_TOKEN: ["sandbox"],
  SANDBOX_ACCESS_TOKEN_PREVIOUS: ["sandbox"],
  SANDBOX_WEBHOOK_SECRET: ["sandbox"],
};

const SECOND_ROLE = "a second role, or user, is good beside the first: the database keeps both (docs/security.md)";

/**
 * How a secret is changed without an outage where it has no second value as `<name>_PREVIOUS`: two of it live somewhere
 * else, or it is none that is changed (docs/adr/0027-two-values-of-each-secret.md).
 */
export const OTHER_WAYS: Readonly<Record<string, string>> = {
  AUTH_DATABASE_URL: SECOND_ROLE,
  ORDER_DATABASE_URL: SECOND_ROLE,
  PAYMENT_DATABASE_URL: SECOND_ROLE,
  MONGODB_URI: SECOND_ROLE,
  AUTH_KEYS_DIR: "a folder of keys, each good as long as it lies there",
  ADMIN_PASSWORD: "read once, to make the first administrator; from then on it is theirs to change",
  ADMIN_CPF: "whose it is, no secret that anybody could change",
  SANDBOX_WEBHOOK_SECRET: "of a simulator on this machine, started together with the one service that knows it",
};

/** The environment without what only others may be told. */
export function withoutOthersSecrets(
  environment: Readonly<Record<string, string>>,
  process: ProcessName,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => OWNERS[name.replace(/_FILE$/, "")]?.includes(process) ?? true),
  );
}
