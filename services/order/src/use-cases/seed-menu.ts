import { type Id, newId, ok, type Result, refuse } from "@comanda/primitives";
import { newProduct, type Product } from "../domain/product.ts";
import { sampleMenu } from "../seed/sample-menu.ts";
import type { SampleProduct } from "../seed/sample-product.ts";
import { insertCategory } from "../storage/categories.ts";
import { insertProduct } from "../storage/products.ts";
import { changeMenu, type Menu } from "./change-menu.ts";

/**
 * Fills a menu that never held anything with the sample; afterwards never again, even if everything was deleted. Several
 * processes may start at once: one of them fills it.
 */
export async function seedMenu(menu: Menu): Promise<Result<null, "filled-before">> {
  return changeMenu<null, "filled-before">(menu, async (tx, { filled }) => {
    if (filled) return refuse("filled-before");
    const idOf = new Map<string, Id>();
    for (const [categoryPosition, category] of sampleMenu.entries()) {
      const categoryId = newId();
      const { name } = category;
      await insertCategory(tx, { id: categoryId, name, position: categoryPosition + 1, enabled: true });
      for (const [index, sample] of category.products.entries()) {
        // Numbered through, so that a list of everything keeps the order of the categories.
        const position = (categoryPosition + 1) * 100 + index + 1;
        const product = productOf(sample, { categoryId, position, idOf });
        idOf.set(product.name, product.id);
        await insertProduct(tx, product);
      }
    }
    return ok(null);
  });
}

function productOf(
  sample: SampleProduct,
  place: { readonly categoryId: Id; readonly position: number; readonly idOf: ReadonlyMap<string, Id> },
): Product {
  const { optionGroups = [], slots = [], ...plain } = sample;
  return newProduct(newId(), {
    ...plain,
    categoryId: place.categoryId,
    position: place.position,
    optionGroups: optionGroups.map((group) => ({
      ...group,
      id: newId(),
      options: group.options.map((option) => ({ ...option, id: newId(), available: true })),
    })),
    slots: slots.map(({ name, optional, choices }) => ({
      id: newId(),
      name,
      optional,
      choices: Object.entries(choices).map(([product, priceCents]) => {
        const productId = place.idOf.get(product);
        if (productId === undefined) throw new Error(`the sample menu offers ${product}, which it does not have`);
        return { productId, priceCents };
      }),
    })),
  });
}
