import { createTestLog, freePort } from "@comanda/testing";
import { onTestFinished } from "vitest";
import { buildApp } from "../src/app.ts";

/** Where the services behind the gateway are; what is left out is an address at which nobody listens. */
type Behind = {
  readonly auth?: string | undefined;
  readonly order?: string | undefined;
  readonly payment?: string | undefined;
  readonly sandbox?: string | undefined;
};

/** The gateway on a free port; whoever starts it closes it. */
export async function startGateway(behind: Behind = {}, options: { readonly hops?: number } = {}) {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const { app } = await buildApp({
    config: {
      HOST: "127.0.0.1",
      WEB_PORT: 0,
      LOG_LEVEL: "silent",
      TRUSTED_PROXY_HOPS: options.hops ?? 0,
      AUTH_URL: behind.auth ?? nobody,
      ORDER_URL: behind.order ?? nobody,
      PAYMENT_URL: behind.payment ?? nobody,
      ...(behind.sandbox === undefined ? {} : { SANDBOX_URL: behind.sandbox }),
    },
    log: createTestLog("gateway").log,
  });
  return { url: await app.listen({ host: "127.0.0.1", port: 0 }), app };
}

/** The same, closed when the test is over. */
export async function gatewayForTest(...given: Parameters<typeof startGateway>) {
  const gateway = await startGateway(...given);
  onTestFinished(() => gateway.app.close());
  return gateway;
}
