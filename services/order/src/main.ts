import { fileURLToPath } from "node:url";
import { createPool, migrate } from "@comanda/postgres";
import {
  createLogger,
  createRevocationList,
  createServiceTokens,
  createTokenVerifier,
  remoteKeys,
  runService,
  startOrExplain,
} from "@comanda/service-kit";
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

      const { keys, stop } = remoteKeys(config.AUTH_URL);
      const tokens = createServiceTokens({
        authUrl: config.AUTH_URL,
        clientId: "order",
        clientSecret: config.ORDER_CLIENT_SECRET,
        audience: "auth",
      });
      const revocations = createRevocationList({ authUrl: config.AUTH_URL, tokens, log });
      const { isRevoked } = revocations;
      const verifyToken = createTokenVerifier({ issuer: config.AUTH_ISSUER, audience: "order", keys, isRevoked });
      const service = await buildApp({ config, log, pool, verifyToken, isRevoked });
      await revocations.start();
      await service.start();

      return {
        ...service,
        close: async () => {
          await service.close();
          revocations.stop();
          stop();
          await pool.end();
        },
      };
    },
  });
});
