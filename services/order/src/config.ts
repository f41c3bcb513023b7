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
  ORDER_CLIENT_SECRET: Type.String({ minLength: 32, maxLength: 500 }),
  /** The one before it: stream tickets given out under it are still good. */
  ORDER_CLIENT_SECRET_PREVIOUS: Type.Optional(Type.String({ minLength: 32, maxLength: 500 })),
  /** Seconds an unpaid order lives. */
  ORDER_EXPIRES_IN: Type.Integer({ minimum: 60, maximum: 86_400, default: 900 }),
  /** How many orders a guest may have that nobody has paid; absent: see {@link unpaidOrdersMax}. */
  UNPAID_ORDERS_MAX: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
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

/** Where nobody from outside comes in, nobody orders for fun either, and whoever tries things out orders a lot. */
const UNPAID_AT_PUBLIC_ADDRESS = 5;

/** How many unpaid orders a guest may have; `null`: as many as they like. Said as 0, or where only this network comes in. */
export function unpaidOrdersMax(config: Pick<Config, "AUTH_ISSUER" | "UNPAID_ORDERS_MAX">): number | null {
  const { UNPAID_ORDERS_MAX: said, AUTH_ISSUER: address } = config;
  if (said !== undefined) return said === 0 ? null : said;
  return address.startsWith("https:") ? UNPAID_AT_PUBLIC_ADDRESS : null;
}
