import { newId, ok, type Result, refuse } from "@comanda/primitives";
import type { Category } from "../domain/product.ts";
import { categoryNameIsTaken, insertCategory } from "../storage/categories.ts";
import { changeMenu, type Menu } from "./change-menu.ts";

export async function createCategory(
  menu: Menu,
  draft: Omit<Category, "id">,
): Promise<Result<Category, "category-name-taken">> {
  const category = { id: newId(), ...draft };
  return changeMenu(menu, async (tx) => {
    if (await categoryNameIsTaken(tx, category)) return refuse("category-name-taken" as const);
    await insertCategory(tx, category);
    return ok(category);
  });
}
