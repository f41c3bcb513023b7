import type { Catalogue } from "../../../services/order/src/domain/catalogue.ts";
import type { Product } from "../../../services/order/src/domain/product.ts";

const SHELF = "00000000-0000-7000-8000-00000000c001";

/** Prices at which careless arithmetic with fractions of reais loses a centavo. */
const PRICES = [1990, 115, 2590, 429, 1005, 3333];

export const PRODUCTS: readonly Product[] = PRICES.map((priceCents, index) => ({
  id: `00000000-0000-7000-8000-00000000a0${String(index).padStart(2, "0")}`,
  name: `Lanche ${index + 1}`,
  description: null,
  priceCents,
  categoryId: SHELF,
  position: index,
  enabled: true,
  available: true,
  imageUrl: null,
  imageAlt: null,
  portion: null,
  allergens: null,
  optionGroups: [],
  removable: [],
  slots: [],
}));

/** A menu of a few things; how a menu changes is not what is simulated here. */
export const CATALOGUE: Catalogue = {
  version: 1,
  categories: new Map([[SHELF, { id: SHELF, name: "Lanches", position: 0, enabled: true }]]),
  products: new Map(PRODUCTS.map((product) => [product.id, product])),
};
