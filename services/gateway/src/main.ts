import { createLogger, runService, startOrExplain } from "@comanda/service-kit";
import { buildApp } from "./app.ts";
import { readConfig } from "./config.ts";

await startOrExplain(async () => {
  const config = readConfig();
  const log = createLogger({ service: "gateway", level: config.LOG_LEVEL });
  await runService({ host: config.HOST, port: config.WEB_PORT, build: () => buildApp({ config, log }) });
});
