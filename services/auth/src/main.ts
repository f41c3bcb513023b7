import { fileURLToPath } from "node:url";
import { createDatabase, createPool, migrate } from "@comanda/postgres";
import { systemClock } from "@comanda/primitives";
import { createLogger, type Runnable, runService, startOrExplain } from "@comanda/service-kit";
import { buildApp } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { readFirstAdmin } from "./first-admin.ts";
import { createPublishedKeys } from "./storage/published-keys.ts";
import type { AuthTables } from "./storage/schema.ts";
import { openSigningKeys } from "./storage/signing-keys.ts";
import { ensureFirstAdmin } from "./use-cases/ensure-first-admin.ts";

const MIGRATIONS = fileURLToPath(new URL("../migrations", import.meta.url));

await startOrExplain(async () => {
  const config = readConfig();
  await runService({ host: config.HOST, port: config.AUTH_PORT, build: () => build(config) });
});

async function build(config: Config): Promise<Runnable> {
  const log = createLogger({ service: "auth", level: config.LOG_LEVEL });
  const firstAdmin = readFirstAdmin(config);
  if (config.PERSONAL_DATA_KEY === undefined) {
    log.error("PERSONAL_DATA_KEY is not there: guests can only stay anonymous, and nobody signs in");
  }
  const pool = createPool({ connectionString: config.AUTH_DATABASE_URL, applicationName: "comanda-auth", log });
  await migrate({ pool, directory: MIGRATIONS, log });
  const published = createPublishedKeys(createDatabase<AuthTables>(pool));
  const keys = await openSigningKeys({ directory: config.AUTH_KEYS_DIR, published, log });
  const service = await buildApp({ pool, keys, settings: config, log });
  if (firstAdmin !== null) {
    const made = await ensureFirstAdmin({ ...service, clock: systemClock }, firstAdmin);
    if (made === "created") log.info("first administrator created");
  }
  await service.start();
  return {
    ...service,
    log,
    close: async () => {
      await service.stop();
      keys.stop();
      await pool.end();
    },
  };
}
