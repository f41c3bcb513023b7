import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import { deleteProductImage } from "../storage/product-images.ts";
import { deleteProduct as deleteRow, findProduct } from "../storage/products.ts";
import { changeMenu, type Menu } from "./change-menu.ts";

export async function deleteProduct(menu: Menu, id: Id): Promise<Result<null, "not-found">> {
  return changeMenu<null, "not-found">(menu, async (tx) => {
    if ((await findProduct(tx, id)) === null) return refuse("not-found");
    await deleteProductImage(tx, id);
    await deleteRow(tx, id);
    return ok(null);
  });
}
