import { fileURLToPath } from "node:url";
import { createPool, migrate } from "@comanda/postgres";
import { createLogger, createTokenChecks, runService, startOrExplain } from "@comanda/service-kit";
import { buildApp } from "./app.ts";
import { readConfig } from "./config.ts";

const migrations = fileURLToPath(new URL("../migrations", import.meta.url));

await startOrExplain(async () => {
  const config = readConfig();
  const log = createLogger({ service: "order", level: config.LOG_LEVEL });

  await runService({
    host: config.HOST,
    port: config.ORDER_PORT,
    build: async () => {
      const pool = createPool({ connectionString: config.ORDER_DATABASE_URL, applicationName: "comanda-order", log });
      await migrate({ pool, directory: migrations, log });

      const checks = createTokenChecks({
        authUrl: config.AUTH_URL,
        issuer: config.AUTH_ISSUER,
        service: "order",
        clientSecret: config.ORDER_CLIENT_SECRET,
        log,
      });
      const service = await buildApp({ config, log, pool, ...checks });
      await checks.start();
      await service.start();

      return {
        ...service,
        close: async () => {
          await service.close();
          checks.stop();
          await pool.end();
        },
      };
    },
  });
});
