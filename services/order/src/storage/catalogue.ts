import { type Kysely, sql } from "kysely";
import type { Catalogue } from "../domain/catalogue.ts";
import { categoryOf } from "./categories.ts";
import { productOf } from "./products.ts";
import type { OrderTables } from "./schema.ts";

/** Which version of the menu the database holds. */
export async function readCatalogueVersion(db: Kysely<OrderTables>): Promise<number> {
  const { version } = await db.selectFrom("catalogue_version").select("version").executeTakeFirstOrThrow();
  return version;
}

/** The whole menu and its version, as of one moment. */
export async function readCatalogue(db: Kysely<OrderTables>): Promise<Catalogue> {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (tx) => {
      const version = await readCatalogueVersion(tx);
      const categories = await tx.selectFrom("categories").selectAll().execute();
      const products = await tx.selectFrom("products").selectAll().where("deleted_at", "is", null).execute();
      return {
        version,
        categories: new Map(categories.map((row) => [row.id, categoryOf(row)])),
        products: new Map(products.map((row) => [row.id, productOf(row)])),
      };
    });
}

/**
 * Tells every process that the menu changed; the last statement of every transaction that writes it. The row is locked
 * until the commit, so versions become visible in their order.
 */
export async function raiseCatalogueVersion(tx: Kysely<OrderTables>): Promise<void> {
  await sql`update catalogue_version set version = version + 1, filled = true`.execute(tx);
}

/**
 * Lets writers of the menu come one after the other. Their checks look at several rows (is the category still empty,
 * does the slot's product exist), and the menu changes too rarely for anything finer.
 * @returns whether the menu ever held something
 */
export async function lockCatalogue(tx: Kysely<OrderTables>): Promise<{ readonly filled: boolean }> {
  return tx.selectFrom("catalogue_version").select("filled").forUpdate().executeTakeFirstOrThrow();
}
