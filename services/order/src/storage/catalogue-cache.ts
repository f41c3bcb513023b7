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

/** A write in another process is seen within this time, in ms (product.md §1.2: everywhere within 2 s). */
const POLL_MS = 700;

export function createCatalogueCache(options: {
  readonly db: Kysely<OrderTables>;
  readonly log: { readonly warn: (record: object, message: string) => void };
}): CatalogueCache {
  const { db, log } = options;
  let catalogue = EMPTY_CATALOGUE;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();
  let running = false;

  async function load(): Promise<void> {
    const next = await readCatalogue(db);
    // Two reads may overtake each other; an older one never replaces a newer one.
    if (next.version > catalogue.version) catalogue = next;
  }

  async function poll(): Promise<void> {
    try {
      if ((await readCatalogueVersion(db)) !== catalogue.version) await load();
    } catch (error) {
      // With the database away the last known menu stays up.
      log.warn({ err: error }, "the menu could not be looked at");
    }
    if (running) schedule();
  }

  function schedule(): void {
    timer = setTimeout(() => {
      reading = poll();
    }, POLL_MS);
  }

  return {
    current: () => catalogue,
    refresh: load,
    start: () => {
      if (running) return;
      running = true;
      schedule();
    },
    stop: async () => {
      running = false;
      clearTimeout(timer);
      await reading;
    },
  };
}
