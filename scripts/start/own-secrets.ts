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
  ORDER_CLIENT_SECRET: ["auth", "order"],
  ORDER_CLIENT_SECRET_PREVIOUS: ["auth", "order"],
  PAYMENT_CLIENT_SECRET: ["auth", "payment"],
  PAYMENT_CLIENT_SECRET_PREVIOUS: ["auth"],
  MERCADOPAGO_ACCESS_TOKEN: ["payment"],
  MERCADOPAGO_WEBHOOK_SECRET: ["payment"],
  MERCADOPAGO_WEBHOOK_SECRET_PREVIOUS: ["payment"],
  SANDBOX_ACCESS_TOKEN: ["sandbox"],
  SANDBOX_WEBHOOK_SECRET: ["sandbox"],
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
