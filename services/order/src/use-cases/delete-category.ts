import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import { deleteCategory as deleteRow, findCategory } from "../storage/categories.ts";
import { categoryHasProducts } from "../storage/products.ts";
import { changeMenu, type Menu } from "./change-menu.ts";

export async function deleteCategory(menu: Menu, id: Id): Promise<Result<null, "not-found" | "category-in-use">> {
  return changeMenu<null, "not-found" | "category-in-use">(menu, async (tx) => {
    if ((await findCategory(tx, id)) === null) return refuse("not-found");
    if (await categoryHasProducts(tx, id)) return refuse("category-in-use");
    await deleteRow(tx, id);
    return ok(null);
  });
}
