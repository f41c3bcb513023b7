import { randomBytes } from "node:crypto";
import type { MongoServer } from "@comanda/testing/mongo";
import { openMongoChargeStore } from "../src/storage/mongo-charge-store.ts";
import type { MongoOptions } from "../src/storage/mongo-connection.ts";
import type { HarnessOptions } from "./harness.ts";

/** A store to run a whole service on: PostgreSQL always, MongoDB where there is a server (which says aloud if not). */
export function storesFor(server: MongoServer | null): {
  readonly name: string;
  /** What the harness needs; each time a database of its own. */
  readonly options: () => HarnessOptions;
}[] {
  const postgres = { name: "PostgreSQL", options: () => ({}) };
  return server === null ? [postgres] : [postgres, { name: "MongoDB", options: () => onMongo(server) }];
}

/** A new database of this server, for the harness. */
export function onMongo(server: MongoServer, options: MongoOptions = {}): HarnessOptions {
  return { openStore: () => openMongoChargeStore(server.uri(`test_${randomBytes(8).toString("hex")}`), options) };
}
