import { LOG_LEVELS, loadConfig } from "@comanda/service-kit";
import { type Static, Type } from "typebox";

const Settings = Type.Object({
  HOST: Type.String({ default: "127.0.0.1" }),
  LOG_LEVEL: Type.Enum(LOG_LEVELS, { default: "info" }),
  ORDER_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8001 }),
  ORDER_DATABASE_URL: Type.String({ pattern: "^postgres(ql)?://" }),
  AUTH_URL: Type.String({ pattern: "^https?://", default: "http://127.0.0.1:8000" }),
  AUTH_ISSUER: Type.String({ pattern: "^https?://", default: "http://localhost:8080" }),
  PAYMENT_URL: Type.String({ pattern: "^https?://", default: "http://127.0.0.1:8002" }),
  /** This service's password at auth; the key of the stream tickets is derived from it as well. */
  ORDER_CLIENT_SECRET: Type.String({ minLength: 16 }),
  /** Seconds a QR lives. */
  PAYMENT_EXPIRES_IN: Type.Integer({ minimum: 30, maximum: 86_400, default: 300 }),
  /** Seconds an unpaid order lives. */
  ORDER_EXPIRES_IN: Type.Integer({ minimum: 60, maximum: 86_400, default: 900 }),
  /** Whether an empty menu is filled with the sample once. */
  SEED_MENU: Type.Boolean({ default: false }),
});

export type Config = Readonly<Static<typeof Settings>>;

/**
 * The settings of this process; nothing else in the service reads the environment.
 * @throws ConfigError with every fault at once
 */
export function readConfig(): Config {
  return loadConfig(Settings, process.env);
}
