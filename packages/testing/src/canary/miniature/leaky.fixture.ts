// A test file that passes and leaks: what it sends stands in a line of the log, in a column and in a refusal.
import { buildService } from "@comanda/service-kit";
import { createTestDatabase, createTestLog } from "@comanda/testing";
import { afterAll, it } from "vitest";

const { log } = createTestLog("leaky");
const database = await createTestDatabase({ migrations: `${import.meta.dirname}/leaky/migrations` });
afterAll(() => database.drop());

it("takes an order", async () => {
  const about = { name: "leaky", title: "Leaky", description: "d", version: "0", verifyToken: null, readiness: [] };
  const { app } = await buildService({ ...about, log });
  app.post("/orders", { config: { access: "tokenless" } }, async (request, reply) => {
    const { cpf, email, password } = request.body as Record<"cpf" | "email" | "password", string>; // as sent below
    // Grouped as no rule of the logger knows it.
    log.info(`order of ${cpf.slice(0, 3)},${cpf.slice(3, 6)},${cpf.slice(6, 9)}-${cpf.slice(9)}`);
    await database.pool.query("insert into orders values ($1)", [Buffer.from(email)]);
    return reply.code(409).send({ hint: Buffer.from(`pw=${password}`).toString("base64") });
  });
  const payload = { cpf: "39053344705", email: "rosa@exemplo.com.br", password: "um pastel de queijo" };
  await app.inject({ method: "POST", url: "/orders", payload });
  await app.close();
});
