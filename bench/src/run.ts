/** `npm run bench`: what Comanda does per second, each figure as a ratio to what this machine can do at best. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createPool, migrate } from "@comanda/postgres";
import { freePort } from "@comanda/testing";
import { end, run, type System, startSystem, untilReady } from "@comanda/testing/system";
import { guestToken } from "@comanda/testing/system-client";
import { benchPayments } from "./payments.ts";
import { against, type Figure, report } from "./report.ts";
import { measureJourneys } from "./scenarios/journey.ts";
import { measurePlaceOrder } from "./scenarios/place-order.ts";
import { type Limits, measureMenu, measureWhoAmI } from "./scenarios/reads.ts";
import { measureSignInStorm } from "./scenarios/sign-ins.ts";

const seconds = Number(process.env["BENCH_SECONDS"] ?? 5);
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);

if (process.argv.includes("payments")) await benchPayments({ seconds, rounds });
else await benchWhole(process.argv.includes("auth") ? measureAuth : measureAll);

async function benchWhole(measure: typeof measureAll): Promise<void> {
  const system = await startSystem();
  const limits = await startLimits(system);
  try {
    await report(await measure(system, limits.url));
  } finally {
    await limits.stop();
    await system.stop();
  }
}

function limitAt(url: string, clients: number): Limits {
  return { url, clients, seconds, rounds };
}

async function measureAll(system: System, url: string): Promise<Figure[]> {
  const limit = (clients: number) => limitAt(url, clients);
  const figures: Figure[] = [];
  // First, before the floods of the other scenarios leave work behind.
  console.log("whole journeys …");
  const outcome = await measureJourneys(system, { guests: 16, seconds: seconds * 2 });
  figures.push({ scenario: "journey, 16 guests", contestant: "order to delivered", outcome, ratio: null, limit: null });
  console.log("menu …");
  const menu = await measureMenu(system, limit(16));
  figures.push(...against("bare route", "menu, 16 clients", pick(menu, ["bare route", "menu"])));
  figures.push(
    ...against("bare route, 304", "menu unchanged, 16 clients", pick(menu, ["bare route, 304", "menu, 304"])),
  );
  figures.push(...(await measureAuth(system, url)));
  for (const clients of [16, 64]) {
    console.log(`place an order, ${clients} clients …`);
    const outcomes = await measurePlaceOrder(system, limit(clients));
    figures.push(...against("bare, gathered", `place an order, ${clients} clients`, outcomes));
  }
  return figures;
}

async function measureAuth(system: System, url: string): Promise<Figure[]> {
  console.log("who am I …");
  const who = await measureWhoAmI(system, limitAt(url, 16));
  console.log("who am I, while 500 sign in …");
  const storm = await measureSignInStorm(system, { seconds });
  console.log(storm.story);
  return [
    ...against("bare route", "who am I, 16 clients", who),
    ...against("left alone", "who am I, 100 a second", storm.outcomes),
  ];
}

function pick<Value>(all: ReadonlyMap<string, Value>, names: readonly string[]): ReadonlyMap<string, Value> {
  return new Map([...all].filter(([name]) => names.includes(name)));
}

/** The bare routes and handlers, in a process of their own, with the bytes and tables of the system under measure. */
async function startLimits(system: System): Promise<{ url: string; stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "comanda-limits-"));
  const menu = await fetch(`${system.order}/products?limit=100`, { headers: { "accept-encoding": "identity" } });
  await writeFile(join(directory, "menu"), gzipSync(Buffer.from(await menu.arrayBuffer())));
  const who = await fetch(`${system.auth}/auth`, { headers: { authorization: `Bearer ${await guestToken(system)}` } });
  await writeFile(join(directory, "who"), Buffer.from(await who.arrayBuffer()));

  const pool = createPool({ connectionString: system.limitDatabaseUrl, applicationName: "bench-limits", max: 1 });
  await migrate({ pool, directory: "services/order/migrations" });
  await pool.query("create sequence if not exists bench_number");
  await pool.end();

  const port = await freePort();
  const files = { menuFile: join(directory, "menu"), whoFile: join(directory, "who") };
  const started = run("bench/src/limits/server.ts", {
    BENCH_LIMITS: JSON.stringify({ port, databaseUrl: system.limitDatabaseUrl, ...files }),
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(started, [url]);
  return {
    url,
    stop: async () => {
      await end(started.child);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
