import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import { changedProduct, type Product, type ProductChange } from "../domain/product.ts";
import { deleteProductImage } from "../storage/product-images.ts";
import { findProduct, updateProduct } from "../storage/products.ts";
import { changeMenu, comparedWith, type Menu } from "./change-menu.ts";
import { findFaultOfProduct, type ProductFault } from "./check-product.ts";

export async function editProduct(
  menu: Menu,
  id: Id,
  change: ProductChange,
): Promise<Result<Product, "not-found" | ProductFault>> {
  let before: Product | null = null;
  const compared = comparedWith(menu, () => before);
  return changeMenu<Product, "not-found" | ProductFault>(compared, async (tx) => {
    const product = await findProduct(tx, id);
    if (product === null) return refuse("not-found");
    before = product;
    const changed = changedProduct(product, change);
    // Only what is being changed is checked: a combo that lost a choice can still be marked as sold out.
    const refersAnew = change.categoryId !== undefined || change.slots !== undefined;
    const fault = refersAnew ? await findFaultOfProduct(tx, changed) : null;
    if (fault !== null) return refuse(fault);
    if (changed.imageUrl !== product.imageUrl) await deleteProductImage(tx, id);
    await updateProduct(tx, changed);
    return ok(changed);
  });
}
