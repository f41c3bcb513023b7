import type { Result } from "@comanda/primitives";
import type { Kysely } from "kysely";
import { lockCatalogue, raiseCatalogueVersion } from "../storage/catalogue.ts";
import type { CatalogueCache } from "../storage/catalogue-cache.ts";
import type { OrderTables } from "../storage/schema.ts";

/** Where the menu is kept, and this process's picture of it. */
export type Menu = { readonly db: Kysely<OrderTables>; readonly catalogue: CatalogueCache };

/**
 * One change of the menu: alone among all changes, told to every process, and seen by this one before it answers.
 * `decide` looks before it writes: what it refuses must have written nothing.
 */
export async function changeMenu<Value, Refusal>(
  menu: Menu,
  decide: (tx: Kysely<OrderTables>, before: { readonly filled: boolean }) => Promise<Result<Value, Refusal>>,
): Promise<Result<Value, Refusal>> {
  const decision = await menu.db.transaction().execute(async (tx) => {
    const before = await lockCatalogue(tx);
    const decided = await decide(tx, before);
    if (decided.ok) await raiseCatalogueVersion(tx);
    return decided;
  });
  if (decision.ok) await menu.catalogue.refresh();
  return decision;
}
