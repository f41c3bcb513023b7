// A test file that sends the same and leaks nothing.
import { buildService } from "@comanda/service-kit";
import { createTestLog } from "@comanda/testing";
import { it } from "vitest";

it("takes an order", async () => {
  const { log } = createTestLog("careful");
  const about = { name: "careful", title: "Careful", description: "d", version: "0", verifyToken: null, readiness: [] };
  const { app } = await buildService({ ...about, log });
  app.post("/orders", { config: { access: "tokenless" } }, async (_request, reply) => {
    log.info("an order");
    return reply.code(409).send({});
  });
  const payload = { cpf: "39053344705", email: "rosa@exemplo.com.br", password: "um pastel de queijo" };
  await app.inject({ method: "POST", url: "/orders", payload });
  await app.close();
});
