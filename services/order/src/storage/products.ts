import type { Id } from "@comanda/primitives";
import { type Kysely, sql } from "kysely";
import type { Product } from "../domain/product.ts";
import type { OrderTables, ProductRow } from "./schema.ts";

/** What stands in the `details` of a row: the parts of a product that no query looks into. */
type ProductDetails = Pick<
  Product,
  "description" | "imageUrl" | "imageAlt" | "portion" | "allergens" | "optionGroups" | "removable" | "slots"
>;

export async function insertProduct(tx: Kysely<OrderTables>, product: Product): Promise<void> {
  await tx
    .insertInto("products")
    .values({ ...rowOf(product), deleted_at: null })
    .execute();
}

export async function updateProduct(tx: Kysely<OrderTables>, product: Product): Promise<void> {
  await tx.updateTable("products").set(rowOf(product)).where("id", "=", product.id).execute();
}

/** Takes a product off the menu for good; its row stays for the orders that refer to it. */
export async function deleteProduct(tx: Kysely<OrderTables>, id: Id): Promise<void> {
  await tx.updateTable("products").set({ deleted_at: sql`now()` }).where("id", "=", id).execute();
}

export async function findProduct(tx: Kysely<OrderTables>, id: Id): Promise<Product | null> {
  const row = await tx
    .selectFrom("products")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row === undefined ? null : productOf(row);
}

export async function findProducts(tx: Kysely<OrderTables>, ids: readonly Id[]): Promise<Product[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .selectFrom("products")
    .selectAll()
    .where("id", "in", [...ids])
    .where("deleted_at", "is", null)
    .execute();
  return rows.map(productOf);
}

export async function categoryHasProducts(tx: Kysely<OrderTables>, categoryId: Id): Promise<boolean> {
  const row = await tx
    .selectFrom("products")
    .select("id")
    .where("category_id", "=", categoryId)
    .where("deleted_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export function productOf(row: ProductRow): Product {
  const details = row.details as ProductDetails; // written by rowOf below and by nothing else
  return {
    id: row.id,
    name: row.name,
    priceCents: row.price_cents,
    categoryId: row.category_id as Id, // not null while the product lives (products_live_have_category)
    position: row.position,
    enabled: row.enabled,
    available: row.available,
    description: details.description,
    imageUrl: details.imageUrl,
    imageAlt: details.imageAlt,
    portion: details.portion,
    allergens: details.allergens,
    optionGroups: details.optionGroups,
    removable: details.removable,
    slots: details.slots,
  };
}

function rowOf(product: Product): Omit<ProductRow, "deleted_at"> {
  const { description, imageUrl, imageAlt, portion, allergens, optionGroups, removable, slots } = product;
  const details: ProductDetails = {
    description,
    imageUrl,
    imageAlt,
    portion,
    allergens,
    optionGroups,
    removable,
    slots,
  };
  return {
    id: product.id,
    category_id: product.categoryId,
    name: product.name,
    price_cents: product.priceCents,
    position: product.position,
    enabled: product.enabled,
    available: product.available,
    details: JSON.stringify(details),
  };
}
