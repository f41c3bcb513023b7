import { fileURLToPath } from "node:url";
import type { Role } from "@comanda/service-kit";
import { createTestDatabase, createTestLog, harvestSettings, noteFigures, type TestDatabase } from "@comanda/testing";
import { createTestIssuer, type TestIssuer, type TokenOptions } from "@comanda/testing/tokens";
import { type AppDeps, buildApp, type OrderService } from "../src/app.ts";
import type { Config } from "../src/config.ts";

/** Where the migrations of this service are. */
export const migrations = fileURLToPath(new URL("../migrations", import.meta.url));

/** Settings as a test wants them; the addresses lead nowhere. */
export function testConfig(difference: Partial<Config> = {}): Config {
  return {
    HOST: "127.0.0.1",
    LOG_LEVEL: "silent",
    ORDER_PORT: 0,
    ORDER_DATABASE_URL: "postgresql://nowhere.invalid/order",
    AUTH_URL: "http://127.0.0.1:9",
    AUTH_ISSUER: "http://auth.test",
    PAYMENT_URL: "http://127.0.0.1:9",
    ORDER_CLIENT_SECRET: "a-secret-that-nobody-but-tests-know",
    ORDER_EXPIRES_IN: 900,
    SEED_MENU: false,
    ...difference,
  };
}

/** The real service on a database of its own. */
export type Harness = {
  readonly service: OrderService;
  readonly app: OrderService["app"];
  readonly database: TestDatabase;
  readonly issuer: TestIssuer;
  /** An `authorization` header for a role, or for a token that differs in more. */
  readonly as: (who: Role | TokenOptions) => Promise<{ authorization: string }>;
  /** Another process of the same service on the same database. */
  readonly another: (settings?: Partial<Config>) => Promise<OrderService>;
  readonly close: () => Promise<void>;
};

/** What a test of orders puts in the place of the clock, the log and the patience. */
export type HarnessParts = Partial<Pick<AppDeps, "clock" | "times" | "log">>;

export async function startHarness(difference: Partial<Config> = {}, parts: HarnessParts = {}): Promise<Harness> {
  const database = await createTestDatabase({ migrations });
  const issuer = await createTestIssuer();
  const started: OrderService[] = [];
  const another = async (settings: Partial<Config> = difference) => {
    const config = testConfig({ ORDER_DATABASE_URL: database.url, ...settings });
    harvestSettings(config);
    const service = await buildApp({
      config,
      log: createTestLog("order").log,
      pool: database.pool,
      verifyToken: issuer.verifier("order"),
      isRevoked: issuer.isRevoked,
      ...parts,
    });
    await service.start();
    await service.app.ready();
    started.push(service);
    return service;
  };
  const service = await another();
  return {
    service,
    app: service.app,
    database,
    issuer,
    as: async (who) => ({
      authorization: `Bearer ${await issuer.token(typeof who === "string" ? tokenFor(who) : who)}`,
    }),
    another,
    close: async () => {
      for (const each of started) {
        await noteFigures("order", each.app);
        await each.app.close();
        await each.close();
      }
      await database.drop();
    },
  };
}

/** A token as that role usually has it. */
function tokenFor(role: Role): TokenOptions {
  if (role === "customer") return { role, level: "anonymous" };
  if (role === "device") return { role, kind: "kitchen" };
  return { role };
}
