import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLogger } from "@comanda/service-kit";
import { describeAuthorization, type Guarded } from "@comanda/testing/authorization";
import { createTestIssuer } from "@comanda/testing/tokens";
import { buildApp } from "../src/app.ts";

// The gateway decides nothing: whoever asks, with whatever token, is handed on as they came.
describeAuthorization("gateway", async (): Promise<Guarded> => {
  const upstream = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`; // it listens on TCP
  const { app } = await buildApp({
    config: {
      HOST: "127.0.0.1",
      WEB_PORT: 0,
      LOG_LEVEL: "silent",
      TRUSTED_PROXY_HOPS: 0,
      AUTH_URL: upstreamUrl,
      ORDER_URL: upstreamUrl,
      PAYMENT_URL: upstreamUrl,
    },
    log: createLogger({ service: "gateway", level: "silent" }),
  });
  const issuer = await createTestIssuer();
  return {
    url: await app.listen({ host: "127.0.0.1", port: 0 }),
    signer: { issuer: issuer.issuer, ...issuer.key, audience: "auth" },
    words: {},
    revoke: (_token, tokenId) => issuer.revoke(tokenId),
    close: async () => {
      await app.close();
      upstream.closeAllConnections();
      upstream.close();
    },
  };
});
