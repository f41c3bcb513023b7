import { createLogger, createTokenChecks, type Log, runService, startOrExplain } from "@comanda/service-kit";
import { buildApp } from "./app.ts";
import { readConfig } from "./config.ts";
import type { ChargeStore } from "./storage/charge-store.ts";
import { openChargeStore } from "./storage/open-store.ts";

const PURGE_EVERY_MS = 3_600_000;
/** Worked-off notices stay this long, so that what happened can be looked up; sent events as long as in every outbox. */
const KEPT_DAYS = 14;

await startOrExplain(async () => {
  const config = readConfig();
  const log = createLogger({ service: "payment", level: config.LOG_LEVEL });

  await runService({
    host: config.HOST,
    port: config.PAYMENT_PORT,
    build: async () => {
      const store = await openChargeStore({
        mongodbUri: config.MONGODB_URI,
        databaseUrl: config.PAYMENT_DATABASE_URL,
        log,
      });
      const checks = createTokenChecks({
        authUrl: config.AUTH_URL,
        issuer: config.AUTH_ISSUER,
        service: "payment",
        clientSecret: config.PAYMENT_CLIENT_SECRET,
        log,
      });
      const service = await buildApp({ config, log, store, ...checks });
      await checks.start();
      service.start();
      const purging = purgeNowAndThen(store, log);

      return {
        ...service,
        close: async () => {
          clearInterval(purging);
          await service.close();
          checks.stop();
          await store.close();
        },
      };
    },
  });
});

function purgeNowAndThen(store: ChargeStore, log: Log): NodeJS.Timeout {
  return setInterval(() => {
    store.purge({ days: KEPT_DAYS }).catch((error: unknown) => log.warn({ err: error }, "could not tidy up"));
  }, PURGE_EVERY_MS).unref();
}
