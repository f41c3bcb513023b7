import { randomUUID } from "node:crypto";
import { createPool } from "@comanda/postgres";
import { MongoClient } from "mongodb";
import type { Outcome } from "../load.ts";

/** A store as the benchmark meets it, beside the payment service. */
export type BenchStore = {
  /** Single-document writes as fast as the store takes them: the limit of what a payment can cost. */
  readonly rawWrites: (options: { readonly clients: number; readonly seconds: number }) => Promise<Outcome>;
  /** Forgets charges, notices and raw documents, so that every contestant begins with nothing. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** About as much as a new charge. */
const document = { format: 3, text: "x".repeat(1_200), numbers: Array.from({ length: 20 }, (_, index) => index) };

/** One durable insert of one JSON document each, prepared, on a table without indexes but its key. */
export async function postgresStore(addresses: {
  readonly raw: string;
  readonly payment: string;
}): Promise<BenchStore> {
  const pool = createPool({ connectionString: addresses.raw, applicationName: "bench-raw", max: 16 });
  const payment = createPool({ connectionString: addresses.payment, applicationName: "bench-clear", max: 1 });
  await pool.query("create table raw_documents (id uuid primary key, document json not null)");
  const text = "insert into raw_documents (id, document) values ($1, $2::json)";
  const body = JSON.stringify(document);
  return {
    rawWrites: (options) =>
      measure(options, () => pool.query({ name: "raw-write", text, values: [randomUUID(), body] })),
    clear: async () => {
      await pool.query("truncate raw_documents");
      await payment.query("truncate charges, outbox, notices");
    },
    close: async () => {
      await Promise.all([pool.end(), payment.end()]);
    },
  };
}

/** One insert each, by majority and journal, as charges are written. */
export async function mongoStore(addresses: { readonly raw: string; readonly payment: string }): Promise<BenchStore> {
  const client = new MongoClient(addresses.raw, { writeConcern: { w: "majority", journal: true } });
  const payment = new MongoClient(addresses.payment);
  const raw = client.db().collection<{ _id: string }>("raw_documents");
  return {
    rawWrites: (options) => measure(options, () => raw.insertOne({ _id: randomUUID(), ...document })),
    clear: async () => {
      await raw.deleteMany({});
      for (const name of ["charges", "notices"]) await payment.db().collection(name).deleteMany({});
    },
    close: async () => {
      for (const each of [client, payment]) {
        await each.db().dropDatabase();
        await each.close();
      }
    },
  };
}

async function measure(
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
  write: () => Promise<unknown>,
): Promise<Outcome> {
  const times: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  const client = async () => {
    while (performance.now() < until) {
      const at = performance.now();
      await write();
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return outcomeOf(times, { seconds: (performance.now() - startedAt) / 1_000, wrong: 0 });
}

/** What came of single times, in ms. */
export function outcomeOf(
  times: readonly number[],
  { seconds, wrong }: { readonly seconds: number; readonly wrong: number },
): Outcome {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), wrong };
}
