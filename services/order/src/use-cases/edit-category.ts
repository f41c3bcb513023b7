import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Category } from "../domain/product.ts";
import { categoryNameIsTaken, findCategory, updateCategory } from "../storage/categories.ts";
import { changeMenu, type Menu } from "./change-menu.ts";

/** New values for some fields of a category. */
export type CategoryChange = { readonly [Field in keyof Omit<Category, "id">]?: Category[Field] | undefined };

export async function editCategory(
  menu: Menu,
  id: Id,
  change: CategoryChange,
): Promise<Result<Category, "not-found" | "category-name-taken">> {
  return changeMenu<Category, "not-found" | "category-name-taken">(menu, async (tx) => {
    const category = await findCategory(tx, id);
    if (category === null) return refuse("not-found");
    const changed = {
      id,
      name: change.name ?? category.name,
      position: change.position ?? category.position,
      enabled: change.enabled ?? category.enabled,
    };
    if (await categoryNameIsTaken(tx, changed)) return refuse("category-name-taken");
    await updateCategory(tx, changed);
    return ok(changed);
  });
}
