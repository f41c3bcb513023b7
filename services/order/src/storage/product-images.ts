import type { Id } from "@comanda/primitives";
import type { Kysely } from "kysely";
import type { OrderTables } from "./schema.ts";

/** A photo as it is kept. */
export type ProductImage = { readonly hash: string; readonly contentType: string; readonly bytes: Buffer };

export async function saveProductImage(
  tx: Kysely<OrderTables>,
  image: ProductImage & { readonly productId: Id },
): Promise<void> {
  const { hash, contentType: content_type, bytes } = image;
  await tx
    .insertInto("product_images")
    .values({ product_id: image.productId, hash, content_type, bytes })
    .onConflict((conflict) => conflict.column("product_id").doUpdateSet({ hash, content_type, bytes }))
    .execute();
}

export async function deleteProductImage(tx: Kysely<OrderTables>, productId: Id): Promise<void> {
  await tx.deleteFrom("product_images").where("product_id", "=", productId).execute();
}

export async function findProductImage(db: Kysely<OrderTables>, productId: Id): Promise<ProductImage | null> {
  const row = await db
    .selectFrom("product_images")
    .select(["hash", "content_type", "bytes"])
    .where("product_id", "=", productId)
    .executeTakeFirst();
  return row === undefined ? null : { hash: row.hash, contentType: row.content_type, bytes: row.bytes };
}
