import { randomUUID } from "node:crypto";
import { createPool } from "@comanda/postgres";
import { MongoClient } from "mongodb";
import type { Outcome } from "../load.ts";

/** Single-document writes as fast as the store takes them: the limit of what a payment can cost. */
export type RawWrites = {
  readonly measure: (options: { readonly clients: number; readonly seconds: number }) => Promise<Outcome>;
  readonly close: () => Promise<void>;
};

/** About as much as a new charge. */
const document = { format: 3, text: "x".repeat(1_200), numbers: Array.from({ length: 20 }, (_, index) => index) };

/** One durable insert of one JSON document each, prepared, on a table without indexes but its key. */
export async function postgresWrites(connectionString: string): Promise<RawWrites> {
  const pool = createPool({ connectionString, applicationName: "bench-raw", max: 16 });
  await pool.query("create table raw_documents (id uuid primary key, document json not null)");
  const text = "insert into raw_documents (id, document) values ($1, $2::json)";
  const body = JSON.stringify(document);
  return {
    measure: (options) => measure(options, () => pool.query({ name: "raw-write", text, values: [randomUUID(), body] })),
    close: () => pool.end(),
  };
}

/** One insert each, by majority and journal, as charges are written. */
export async function mongoWrites(uri: string): Promise<RawWrites> {
  const client = new MongoClient(uri, { writeConcern: { w: "majority", journal: true } });
  const raw = client.db().collection<{ _id: string }>("raw_documents");
  return {
    measure: (options) => measure(options, () => raw.insertOne({ _id: randomUUID(), ...document })),
    close: async () => {
      await client.db().dropDatabase();
      await client.close();
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
