/** `npm run bench -- payments`: one payment's own work, without the provider's time, on both stores. */
import { startMongoServer } from "@comanda/testing/mongo";
import { type System, startSystem } from "@comanda/testing/system";
import type { Outcome } from "./load.ts";
import { measureAnswers, measureCreation, measureNotices } from "./payments/loads.ts";
import { mongoWrites, postgresWrites, type RawWrites } from "./payments/raw-writes.ts";
import { against, type Figure, report } from "./report.ts";

const CLIENTS = 16;
const NOTICES_PER_SECOND = 200;

/** Measures the payment service on PostgreSQL, and on MongoDB where there is one. */
export async function benchPayments(options: { readonly seconds: number; readonly rounds: number }): Promise<void> {
  const figures: Figure[] = [];
  const quiet = { LOG_LEVEL: "error" };
  const onPostgres = await startSystem(quiet);
  try {
    const raw = await postgresWrites(onPostgres.limitDatabaseUrl);
    figures.push(...(await measureStore("PostgreSQL", { system: onPostgres, raw, ...options })));
  } finally {
    await onPostgres.stop();
  }
  const mongo = await startMongoServer();
  if (mongo === null) console.log("MongoDB: SKIPPED, there is no server (docs/payment-stores.md)");
  else {
    const onMongo = await startSystem({ ...quiet, MONGODB_URI: mongo.uri("bench_payment") });
    try {
      const raw = await mongoWrites(mongo.uri("bench_raw"));
      figures.push(...(await measureStore("MongoDB's protocol", { system: onMongo, raw, ...options })));
    } finally {
      await onMongo.stop();
      await mongo.stop();
    }
  }
  await report(figures);
}

async function measureStore(
  store: string,
  parts: {
    readonly system: System;
    readonly raw: RawWrites;
    readonly seconds: number;
    readonly rounds: number;
  },
): Promise<Figure[]> {
  const { system, raw, seconds, rounds } = parts;
  const of = { system, clients: CLIENTS, seconds };
  const all = new Map<string, Outcome[]>();
  const keep = (name: string, outcome: Outcome) => all.set(name, [...(all.get(name) ?? []), outcome]);
  console.log(`payments on ${store} …`);
  try {
    await measureCreation({ ...of, seconds: 2 });
    // In turns, so that a busy moment of the machine hits all of them.
    for (let round = 0; round < rounds; round += 1) {
      keep("raw write", await raw.measure({ clients: CLIENTS, seconds }));
      keep("create", await measureCreation(of));
      keep("notice", await measureNotices(of));
    }
    const answers = await measureAnswers({ system, perSecond: NOTICES_PER_SECOND, seconds: seconds * 2 });
    const median = new Map([...all].map(([name, list]) => [name, middleOf(list)]));
    const scenario = `${store}: `;
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
    await raw.close();
  }
}

function middleOf(outcomes: readonly Outcome[]): Outcome {
  const sorted = outcomes.toSorted((one, other) => one.perSecond - other.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no round was run");
  return middle;
}
