import type { Id } from "@comanda/primitives";
import type { Category, Product } from "./product.ts";

/** The whole menu as it stood at one version; never changed in place. Removed products are not in it. */
export type Catalogue = {
  /** Rises with every change of the menu. */
  readonly version: number;
  readonly categories: ReadonlyMap<Id, Category>;
  readonly products: ReadonlyMap<Id, Product>;
};

/** Before anything was loaded. */
export const EMPTY_CATALOGUE: Catalogue = { version: 0, categories: new Map(), products: new Map() };

/** Whether guests see it: on the menu itself, on a shelf that is on the menu. Sold-out products are seen. */
export function isOnMenu(catalogue: Catalogue, product: Product): boolean {
  return product.enabled && catalogue.categories.get(product.categoryId)?.enabled === true;
}
