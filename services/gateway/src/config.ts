import { LOG_LEVELS, loadConfig } from "@comanda/service-kit";
import { type Static, Type } from "typebox";

const BaseUrl = (example: string) => Type.String({ pattern: "^https?://[^\\s/?#]+$", default: example });

/** Everything the gateway reads from the environment; each variable may also come as `X_FILE`. */
const Settings = Type.Object({
  HOST: Type.String({ default: "127.0.0.1" }),
  WEB_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080 }),
  LOG_LEVEL: Type.Enum(LOG_LEVELS, { default: "info" }),
  AUTH_URL: BaseUrl("http://127.0.0.1:8000"),
  ORDER_URL: BaseUrl("http://127.0.0.1:8001"),
  PAYMENT_URL: BaseUrl("http://127.0.0.1:8002"),
  // How many proxies stand before the gateway; each writes one address into X-Forwarded-For.
  TRUSTED_PROXY_HOPS: Type.Integer({ minimum: 0, maximum: 10, default: 0 }),
  // Absent when real Mercado Pago credentials are configured.
  SANDBOX_URL: Type.Optional(Type.String({ pattern: "^https?://[^\\s/?#]+$" })),
});

/** The settings of this process. */
export type Config = Readonly<Static<typeof Settings>>;

/** @throws ConfigError that names every fault at once */
export function readConfig(): Config {
  return loadConfig(Settings, process.env);
}
