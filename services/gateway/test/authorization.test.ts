import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describeAuthorization, type Guarded } from "@comanda/testing/authorization";
import { createTestIssuer } from "@comanda/testing/tokens";
import { startGateway } from "./harness.ts";

// The gateway decides nothing: whoever asks, with whatever token, is handed on as they came.
describeAuthorization("gateway", async (): Promise<Guarded> => {
  const upstream = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`; // it listens on TCP
  const { app, url } = await startGateway({ auth: upstreamUrl, order: upstreamUrl, payment: upstreamUrl });
  const issuer = await createTestIssuer();
  return {
    url,
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
