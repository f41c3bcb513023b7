import { createLoop } from "@comanda/primitives";
import type { Kysely } from "kysely";
import { type Catalogue, EMPTY_CATALOGUE } from "../domain/catalogue.ts";
import { readCatalogue, readCatalogueVersion } from "./catalogue.ts";
import type { OrderTables } from "./schema.ts";

/** The menu in this process's memory: reading it costs nothing and reaches no database. */
export type CatalogueCache = {
  /** The newest menu this process knows; empty before the first `refresh`. */
  readonly current: () => Catalogue;
  /** Reads the menu now: after an own write, so that the writer sees it at once. */
  readonly refresh: () => Promise<void>;
  /** Begins to look for other processes' writes. */
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** A write in another process is seen within this time, in ms (product §1.2: everywhere within 2 s). */
const POLL_MS = 700;

export function createCatalogueCache(options: {
  readonly db: Kysely<OrderTables>;
  readonly log: { readonly warn: (record: object, message: string) => void };
}): CatalogueCache {
  const { db, log } = options;
  let catalogue = EMPTY_CATALOGUE;
  async function load(): Promise<void> {
    const next = await readCatalogue(db);
    // Two reads may overtake each other; an older one never replaces a newer one.
    if (next.version > catalogue.version) catalogue = next;
  }

  const loop = createLoop({
    round: async () => {
      if ((await readCatalogueVersion(db)) !== catalogue.version) await load();
      return 0;
    },
    pollMs: POLL_MS,
    beginsAfterMs: POLL_MS,
    // With the database away the last known menu stays up.
    onError: (error) => log.warn({ err: error }, "the menu could not be looked at"),
  });

  return {
    current: () => catalogue,
    refresh: load,
    start: loop.start,
    stop: loop.stop,
  };
}
