import {
  createLogger,
  createRevocationList,
  createServiceTokens,
  createTokenVerifier,
  type Log,
  remoteKeys,
  runService,
  startOrExplain,
} from "@comanda/service-kit";
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
      const { keys, stop } = remoteKeys(config.AUTH_URL);
      const tokens = createServiceTokens({
        authUrl: config.AUTH_URL,
        clientId: "payment",
        clientSecret: config.PAYMENT_CLIENT_SECRET,
        audience: "auth",
      });
      const revocations = createRevocationList({ authUrl: config.AUTH_URL, tokens, log });
      const { isRevoked } = revocations;
      const verifyToken = createTokenVerifier({ issuer: config.AUTH_ISSUER, audience: "payment", keys, isRevoked });
      const service = await buildApp({ config, log, store, verifyToken });
      await revocations.start();
      service.start();
      const purging = purgeNowAndThen(store, log);

      return {
        ...service,
        close: async () => {
          clearInterval(purging);
          await service.close();
          revocations.stop();
          stop();
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
