/** `npm run bench -- payments`: one payment's own work, without the provider's time, on both stores. */
import { startMongoServer } from "@comanda/testing/mongo";
import { type System, startSystem } from "@comanda/testing/system";
import type { Outcome } from "./load.ts";
import { measureAnswers, measureCreation, measureNotices } from "./payments/loads.ts";
import { type BenchStore, mongoStore, postgresStore } from "./payments/stores.ts";
import { against, type Figure, report } from "./report.ts";

const CLIENTS = 16;
const NOTICES_PER_SECOND = 200;

/** Measures the payment service on PostgreSQL, and on MongoDB where there is one. */
export async function benchPayments(options: { readonly seconds: number; readonly rounds: number }): Promise<void> {
  const figures: Figure[] = [];
  const quiet = { LOG_LEVEL: "error" };
  const onPostgres = await startSystem(quiet);
  try {
    const store = await postgresStore({ raw: onPostgres.limitDatabaseUrl, payment: onPostgres.databaseUrls.payment });
    figures.push(...(await measureStore("PostgreSQL", { system: onPostgres, store, ...options })));
  } finally {
    await onPostgres.stop();
  }
  const mongo = await startMongoServer();
  if (mongo === null) console.log("MongoDB: SKIPPED, there is no server (docs/payment-stores.md)");
  else {
    const addresses = { raw: mongo.uri("bench_raw"), payment: mongo.uri("bench_payment") };
    const onMongo = await startSystem({ ...quiet, MONGODB_URI: addresses.payment });
    try {
      const store = await mongoStore(addresses);
      figures.push(...(await measureStore("MongoDB's protocol", { system: onMongo, store, ...options })));
    } finally {
      await onMongo.stop();
      await mongo.stop();
    }
  }
  await report(figures);
}

async function measureStore(
  name: string,
  parts: {
    readonly system: System;
    readonly store: BenchStore;
    readonly seconds: number;
    readonly rounds: number;
  },
): Promise<Figure[]> {
  const { system, store, seconds, rounds } = parts;
  const of = { system, clients: CLIENTS, seconds };
  const all = new Map<string, Outcome[]>();
  const run = async (contestant: string, measure: () => Promise<Outcome>) => {
    await store.clear();
    const outcome = await measure();
    all.set(contestant, [...(all.get(contestant) ?? []), outcome]);
  };
  console.log(`payments on ${name} …`);
  try {
    // Warms up what is measured, and nothing else.
    await measureCreation({ ...of, seconds: 2 });
    await measureNotices({ ...of, seconds: 2 });
    // In turns, so that a busy moment of the machine hits all of them.
    for (let round = 0; round < rounds; round += 1) {
      await run("raw write", () => store.rawWrites({ clients: CLIENTS, seconds }));
      await run("create", () => measureCreation(of));
      await run("notice", () => measureNotices(of));
    }
    await store.clear();
    const answers = await measureAnswers({ system, perSecond: NOTICES_PER_SECOND, seconds: seconds * 2 });
    const median = new Map([...all].map(([contestant, list]) => [contestant, middleOf(list)]));
    const scenario = `${name}: `;
    return [
      ...against("raw write", `${scenario}one document each, ${CLIENTS} clients`, median),
      {
        scenario: `${scenario}notices at ${NOTICES_PER_SECOND}/s`,
        contestant: "answered",
        outcome: answers,
        ratio: null,
        limit: null,
      },
    ];
  } finally {
    await store.close();
  }
}

function middleOf(outcomes: readonly Outcome[]): Outcome {
  const sorted = outcomes.toSorted((one, other) => one.perSecond - other.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no round was run");
  return middle;
}
