import { once } from "node:events";
import { connect } from "node:net";
import { createTestLog } from "@comanda/testing";
import { createTestIssuer } from "@comanda/testing/tokens";
import { expect, it, onTestFinished } from "vitest";
import { buildService, openEventStream } from "../src/index.ts";

// Otherwise its place among the caller's streams would be taken for good.
it("when somebody hangs up before their stream is opened, then it is over all the same", async () => {
  const issuer = await createTestIssuer();
  const about = { name: "sample", title: "Sample", description: "For tests", version: "1.0.0", readiness: [] };
  const log = createTestLog("sample").log;
  const { app } = await buildService({ ...about, log, verifyToken: issuer.verifier("order") });
  onTestFinished(() => app.close());

  const asked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  app.get("/late", { config: { access: "public" } }, async (_request, reply) => {
    asked.resolve();
    await once(reply.raw, "close");
    openEventStream(reply, ended.resolve);
  });
  const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const client = connect(Number(url.port), url.hostname);
  client.write(`GET /late HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  await asked.promise;
  client.destroy();
  await ended.promise;
  expect(client.destroyed).toBe(true);
});
