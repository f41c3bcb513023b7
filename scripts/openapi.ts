/** `npm run openapi`: writes each service's OpenAPI document from its routes; `npm run check` compares. */
import { readFile, writeFile } from "node:fs/promises";
import { createPool } from "@comanda/postgres";
import { type App, createLogger } from "@comanda/service-kit";
import { buildApp as buildAuth } from "../services/auth/src/app.ts";
import { buildApp as buildGateway } from "../services/gateway/src/app.ts";
import { buildApp as buildOrder } from "../services/order/src/app.ts";
import { buildApp as buildPayment } from "../services/payment/src/app.ts";
import { createPostgresChargeStore } from "../services/payment/src/storage/postgres-charge-store.ts";

const log = createLogger({ service: "openapi", level: "silent" });
const verifyToken = async () => null;
const secret = "x".repeat(43);
const auth = "http://127.0.0.1:8000";
const order = "http://127.0.0.1:8001";
const payment = "http://127.0.0.1:8002";
const host = "127.0.0.1";
const never = () => {
  throw new Error("documents are made without keys");
};

/** A pool that is never used: nothing here is ever asked anything. */
const pool = createPool({ connectionString: "postgresql://nobody@127.0.0.1:9/none", applicationName: "openapi" });

/** Each service as it is built, without a database, a key or a port. */
const services: Readonly<Record<string, () => Promise<{ readonly app: Pick<App, "ready" | "swagger" | "close"> }>>> = {
  auth: () =>
    buildAuth({
      pool,
      log,
      keys: { current: never, publicKeys: () => [], verificationKeys: never, stop: () => undefined },
      settings: {
        AUTH_ISSUER: "http://localhost:8080",
        ORDER_CLIENT_SECRET: secret,
        PAYMENT_CLIENT_SECRET: secret,
        PERSONAL_DATA_KEY: Buffer.alloc(32).toString("base64"),
        SHOP_NAME: "Comanda",
      },
    }),
  order: () =>
    buildOrder({
      pool,
      log,
      verifyToken,
      config: {
        HOST: host,
        LOG_LEVEL: "silent",
        ORDER_PORT: 8001,
        ORDER_DATABASE_URL: "postgresql://nobody@127.0.0.1:9/none",
        AUTH_URL: auth,
        AUTH_ISSUER: "http://localhost:8080",
        PAYMENT_URL: payment,
        ORDER_CLIENT_SECRET: secret,
        ORDER_EXPIRES_IN: 900,
        SEED_MENU: false,
      },
    }),
  payment: () =>
    buildPayment({
      log,
      verifyToken,
      store: createPostgresChargeStore(pool),
      config: {
        HOST: host,
        LOG_LEVEL: "silent",
        PAYMENT_PORT: 8002,
        AUTH_URL: auth,
        AUTH_ISSUER: "http://localhost:8080",
        ORDER_URL: order,
        PAYMENT_CLIENT_SECRET: secret,
        MERCADOPAGO_ACCESS_TOKEN: secret,
        MERCADOPAGO_WEBHOOK_SECRET: secret,
        MERCADOPAGO_STATEMENT_DESCRIPTOR: "COMANDA",
        MERCADOPAGO_EXTERNAL_POS_ID: "COMANDA01",
        PAYMENT_EXPIRES_IN: 300,
        PAYMENT_UPGRADE_AFTER_HOURS: 24,
        RECONCILE_REQUESTS_PER_SECOND: 5,
      },
    }),
  gateway: () =>
    buildGateway({
      log,
      config: {
        HOST: host,
        WEB_PORT: 8080,
        TRUSTED_PROXY_HOPS: 0,
        LOG_LEVEL: "silent",
        AUTH_URL: auth,
        ORDER_URL: order,
        PAYMENT_URL: payment,
      },
    }),
};

/** The documents that are not in step with their routes. */
export async function checkOpenApi(): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [name, document] of await documents()) {
    const kept = await readFile(pathOf(name), "utf8").catch(() => "");
    if (kept !== document) faults.push(`${pathOf(name)} is out of step with the routes: run \`npm run openapi\``);
  }
  return faults;
}

async function documents(): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  for (const [name, build] of Object.entries(services)) {
    const { app } = await build();
    await app.ready();
    made.set(name, `${JSON.stringify(app.swagger(), null, 2)}\n`);
    await app.close();
  }
  return made;
}

function pathOf(name: string): string {
  return `services/${name}/openapi.json`;
}

if (import.meta.main) {
  for (const [name, document] of await documents()) await writeFile(pathOf(name), document);
  process.exit(0);
}
