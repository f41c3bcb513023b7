import { ConfigError, LOG_LEVELS, loadConfig } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import { baseUrlFault } from "./gateways/mercado-pago/base-url.ts";
import { isOfOneSeller } from "./gateways/mercado-pago/seller.ts";

const Url = (options: { readonly default: string }) => Type.String({ pattern: "^https?://", ...options });

const Settings = Type.Object({
  HOST: Type.String({ default: "127.0.0.1" }),
  LOG_LEVEL: Type.Enum(LOG_LEVELS, { default: "info" }),
  PAYMENT_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8002 }),
  /** Charges in PostgreSQL; not read when `MONGODB_URI` is set. */
  PAYMENT_DATABASE_URL: Type.Optional(Type.String({ pattern: "^postgres(ql)?://" })),
  /** Charges in MongoDB. */
  MONGODB_URI: Type.Optional(Type.String({ pattern: "^mongodb(\\+srv)?://" })),
  AUTH_URL: Url({ default: "http://127.0.0.1:8000" }),
  AUTH_ISSUER: Url({ default: "http://localhost:8080" }),
  ORDER_URL: Url({ default: "http://127.0.0.1:8001" }),
  PAYMENT_CLIENT_SECRET: Type.String({ minLength: 32, maxLength: 500 }),
  /** Stands for Mercado Pago: the sandbox. Absent means the real one. */
  MERCADOPAGO_BASE_URL: Type.Optional(Type.String()),
  MERCADOPAGO_ACCESS_TOKEN: Type.String({ minLength: 8 }),
  /** The token before the present one, asked with where that one is refused. */
  MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: Type.Optional(Type.String({ minLength: 8 })),
  MERCADOPAGO_WEBHOOK_SECRET: Type.String({ minLength: 8 }),
  /** The secret before the present one, while notifications signed with it may still come. */
  MERCADOPAGO_WEBHOOK_SECRET_PREVIOUS: Type.Optional(Type.String({ minLength: 8 })),
  MERCADOPAGO_EXTERNAL_POS_ID: Type.String({ pattern: "^[A-Za-z0-9]{1,40}$", default: "COMANDA01" }),
  /** What a buyer reads on the card's statement. */
  MERCADOPAGO_STATEMENT_DESCRIPTOR: Type.String({ pattern: "^[A-Za-z0-9 .*-]{1,22}$", default: "COMANDA" }),
  /** Names that Mercado Pago gives to integrators, sent with every call where there are some. */
  MERCADOPAGO_PLATFORM_ID: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" })),
  MERCADOPAGO_INTEGRATOR_ID: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" })),
  /** Where guests and Mercado Pago reach us from outside. */
  PUBLIC_URL: Type.Optional(Type.String({ pattern: "^https://[^/?#]+/?$" })),
  /** Seconds a QR lives. */
  PAYMENT_EXPIRES_IN: Type.Integer({ minimum: 30, maximum: 10_800, default: 300 }),
  /** How long after a release that writes a newer form of charges the older ones are rewritten in it. */
  PAYMENT_UPGRADE_AFTER_HOURS: Type.Integer({ minimum: 0, maximum: 8_760, default: 24 }),
  /** How fast the daily reconciliation may ask Mercado Pago (reliability PA-13). */
  RECONCILE_REQUESTS_PER_SECOND: Type.Integer({ minimum: 1, maximum: 1_000, default: 5 }),
});

/** The settings of this process. */
export type Config = Readonly<Static<typeof Settings>>;

/**
 * The settings of this process; nothing else in the service reads the environment.
 * @throws ConfigError with every fault that its schema finds, or with those that only show between settings
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const config = loadConfig(Settings, environment);
  const faults: string[] = [];
  if (config.PAYMENT_DATABASE_URL === undefined && config.MONGODB_URI === undefined) {
    faults.push("PAYMENT_DATABASE_URL or MONGODB_URI is missing");
  }
  const fault = config.MERCADOPAGO_BASE_URL === undefined ? null : baseUrlFault(config.MERCADOPAGO_BASE_URL);
  if (fault !== null) faults.push(`MERCADOPAGO_BASE_URL ${fault}`);
  const previous = config.MERCADOPAGO_ACCESS_TOKEN_PREVIOUS;
  if (previous !== undefined && !isOfOneSeller(config.MERCADOPAGO_ACCESS_TOKEN, previous)) {
    faults.push("MERCADOPAGO_ACCESS_TOKEN_PREVIOUS is not of the application and seller of MERCADOPAGO_ACCESS_TOKEN");
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}
