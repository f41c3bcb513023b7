import type { Id } from "@comanda/primitives";
import type { Kysely } from "kysely";
import type { Category } from "../domain/product.ts";
import { searchKey } from "../domain/search-key.ts";
import type { CategoryRow, OrderTables } from "./schema.ts";

export async function insertCategory(tx: Kysely<OrderTables>, category: Category): Promise<void> {
  await tx.insertInto("categories").values(rowOf(category)).execute();
}

export async function updateCategory(tx: Kysely<OrderTables>, category: Category): Promise<void> {
  await tx.updateTable("categories").set(rowOf(category)).where("id", "=", category.id).execute();
}

export async function deleteCategory(tx: Kysely<OrderTables>, id: Id): Promise<void> {
  await tx.deleteFrom("categories").where("id", "=", id).execute();
}

export async function findCategory(tx: Kysely<OrderTables>, id: Id): Promise<Category | null> {
  const row = await tx.selectFrom("categories").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : categoryOf(row);
}

/** Whether another category has this name, whatever its case and accents. */
export async function categoryNameIsTaken(
  tx: Kysely<OrderTables>,
  { id, name }: Pick<Category, "id" | "name">,
): Promise<boolean> {
  const row = await tx
    .selectFrom("categories")
    .select("id")
    .where("name_key", "=", searchKey(name))
    .where("id", "!=", id)
    .executeTakeFirst();
  return row !== undefined;
}

export function categoryOf({ id, name, position, enabled }: CategoryRow): Category {
  return { id, name, position, enabled };
}

function rowOf(category: Category): CategoryRow {
  return { ...category, name_key: searchKey(category.name) };
}
