import { beverages } from "./beverages.ts";
import { combos } from "./combos.ts";
import { desserts } from "./desserts.ts";
import type { SampleCategory } from "./sample-product.ts";
import { sandwiches } from "./sandwiches.ts";
import { sides } from "./sides.ts";

/**
 * A whole snack bar to begin with, in the order in which it is shown. Combos come last: they refer to the others by
 * name.
 */
export const sampleMenu: readonly SampleCategory[] = [
  { name: "Lanches", products: sandwiches },
  { name: "Acompanhamentos", products: sides },
  { name: "Bebidas", products: beverages },
  { name: "Sobremesas", products: desserts },
  { name: "Combos", products: combos },
];
