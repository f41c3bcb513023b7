import { newId, ok, type Result, refuse } from "@comanda/primitives";
import type { Category } from "../domain/product.ts";
import { categoryNameIsTaken, insertCategory } from "../storage/categories.ts";
import type { RequestKey } from "../storage/idempotency-keys.ts";
import type { OnceRefusal } from "./answer-once.ts";
import { changeMenuOnce, type Menu, type Once } from "./change-menu.ts";

export async function createCategory(
  menu: Menu,
  draft: Omit<Category, "id">,
  key: RequestKey | null,
): Promise<Result<Once<Category>, "category-name-taken" | OnceRefusal["code"]>> {
  const category = { id: newId(), ...draft };
  return changeMenuOnce<Category, "category-name-taken">(menu, { key, route: "create-category" }, async (tx) => {
    if (await categoryNameIsTaken(tx, category)) return refuse("category-name-taken" as const);
    await insertCategory(tx, category);
    return ok(category);
  });
}
