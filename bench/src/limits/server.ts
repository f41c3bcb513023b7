/**
 * What this machine can do at best: bare Fastify routes of the same bytes, and bare handlers that insert the same rows
 * on the same PostgreSQL. A process of its own, so that it competes for nothing but the machine.
 */
import { readFileSync } from "node:fs";
import { createGatherer, createPool } from "@comanda/postgres";
import { fastify } from "fastify";
import { INSERT_ORDERS } from "./rows.ts";

type Row = { id: string; number: number };

const settings = JSON.parse(process.env["BENCH_LIMITS"] ?? "{}") as {
  port: number;
  databaseUrl: string;
  menuFile: string;
  whoFile: string;
}; // written by run.ts
const menu = readFileSync(settings.menuFile);
const who = readFileSync(settings.whoFile);
const pool = createPool({ connectionString: settings.databaseUrl, applicationName: "bench-limits", max: 10 });
const app = fastify({ logger: false });
let request = 0;
const keyPrefix = `${process.pid}-`;

const insert = async (count: number) => {
  request += 1;
  const { rows } = await pool.query<Row>({
    name: "insert-orders",
    text: INSERT_ORDERS,
    values: [count, `${keyPrefix}${request}-`],
  });
  return rows;
};
const gatherer = createGatherer<null, Row>({ run: (batch) => insert(batch.length), batchMax: 64, inFlightMax: 2 });

app.get("/ready", async () => "ready");
app.get("/menu", async (_request, reply) =>
  reply.header("content-encoding", "gzip").type("application/json; charset=utf-8").send(menu),
);
app.get("/unchanged", async (_request, reply) => reply.code(304).send());
app.get("/who", async (_request, reply) => reply.type("application/json; charset=utf-8").send(who));
app.post("/orders/single", async (_request, reply) => reply.code(201).send((await insert(1))[0]));
app.post("/orders/gathered", async (_request, reply) => reply.code(201).send(await gatherer.submit(null)));

await app.listen({ host: "127.0.0.1", port: settings.port });
process.on("SIGTERM", () => process.exit(0));
