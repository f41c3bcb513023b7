import { newId, ok, type Result, refuse } from "@comanda/primitives";
import { newProduct, type Product, type ProductDraft } from "../domain/product.ts";
import type { RequestKey } from "../storage/idempotency-keys.ts";
import { insertProduct } from "../storage/products.ts";
import type { OnceRefusal } from "./answer-once.ts";
import { changeMenuOnce, type Menu, type Once } from "./change-menu.ts";
import { findFaultOfProduct, type ProductFault } from "./check-product.ts";

export async function createProduct(
  menu: Menu,
  draft: ProductDraft,
  key: RequestKey | null,
): Promise<Result<Once<Product>, ProductFault | OnceRefusal["code"]>> {
  const product = newProduct(newId(), draft);
  return changeMenuOnce<Product, ProductFault>(menu, { key, route: "create-product" }, async (tx) => {
    const fault = await findFaultOfProduct(tx, product);
    if (fault !== null) return refuse(fault);
    await insertProduct(tx, product);
    return ok(product);
  });
}
