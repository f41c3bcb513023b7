import type { Kysely } from "kysely";
import type { Product } from "../domain/product.ts";
import { findCategory } from "../storage/categories.ts";
import { findProducts } from "../storage/products.ts";
import type { OrderTables } from "../storage/schema.ts";

/** What can be wrong between a product and the rest of the menu. */
export type ProductFault = "category-unknown" | "slot-choice-impossible";

/** Looks whether what a product refers to is there. A slot takes a plain product: combos do not nest. */
export async function findFaultOfProduct(tx: Kysely<OrderTables>, product: Product): Promise<ProductFault | null> {
  if ((await findCategory(tx, product.categoryId)) === null) return "category-unknown";
  const chosen = new Set(product.slots.flatMap(({ choices }) => choices.map(({ productId }) => productId)));
  if (chosen.has(product.id)) return "slot-choice-impossible";
  const found = await findProducts(tx, [...chosen]);
  const allPlain = found.every(({ slots }) => slots.length === 0);
  return found.length === chosen.size && allPlain ? null : "slot-choice-impossible";
}
