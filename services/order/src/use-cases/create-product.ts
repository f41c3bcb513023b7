import { newId, ok, type Result, refuse } from "@comanda/primitives";
import { newProduct, type Product, type ProductDraft } from "../domain/product.ts";
import { insertProduct } from "../storage/products.ts";
import { changeMenu, type Menu } from "./change-menu.ts";
import { findFaultOfProduct, type ProductFault } from "./check-product.ts";

export async function createProduct(menu: Menu, draft: ProductDraft): Promise<Result<Product, ProductFault>> {
  const product = newProduct(newId(), draft);
  return changeMenu<Product, ProductFault>(menu, async (tx) => {
    const fault = await findFaultOfProduct(tx, product);
    if (fault !== null) return refuse(fault);
    await insertProduct(tx, product);
    return ok(product);
  });
}
