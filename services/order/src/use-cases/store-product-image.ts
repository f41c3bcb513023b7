import { createHash } from "node:crypto";
import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Product } from "../domain/product.ts";
import { saveProductImage } from "../storage/product-images.ts";
import { findProduct, updateProduct } from "../storage/products.ts";
import { changeMenu, comparedWith, type Menu } from "./change-menu.ts";

/** Keeps a photo. Its address carries a hash of its bytes, so that what a browser keeps for ever is never stale. */
export async function storeProductImage(
  menu: Menu,
  id: Id,
  photo: { readonly contentType: string; readonly bytes: Buffer },
): Promise<Result<Product, "not-found">> {
  const hash = createHash("sha256").update(photo.bytes).digest("base64url").slice(0, 22);
  let before: Product | null = null;
  return changeMenu<Product, "not-found">(
    comparedWith(menu, () => before),
    async (tx) => {
      const product = await findProduct(tx, id);
      if (product === null) return refuse("not-found");
      before = product;
      const changed = { ...product, imageUrl: `/products/${id}/image?v=${hash}` };
      await saveProductImage(tx, { productId: id, hash, ...photo });
      await updateProduct(tx, changed);
      return ok(changed);
    },
  );
}
