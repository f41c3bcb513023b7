import { isUniqueViolation } from "@comanda/postgres";
import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Kysely } from "kysely";
import type { Category } from "../domain/product.ts";
import { searchKey } from "../domain/search-key.ts";
import type { CategoryRow, OrderTables } from "./schema.ts";

export async function insertCategory(
  tx: Kysely<OrderTables>,
  category: Category,
): Promise<Result<null, "category-name-taken">> {
  return named(() => tx.insertInto("categories").values(rowOf(category)).execute());
}

export async function updateCategory(
  tx: Kysely<OrderTables>,
  category: Category,
): Promise<Result<null, "category-name-taken">> {
  return named(() => tx.updateTable("categories").set(rowOf(category)).where("id", "=", category.id).execute());
}

export async function deleteCategory(tx: Kysely<OrderTables>, id: Id): Promise<void> {
  await tx.deleteFrom("categories").where("id", "=", id).execute();
}

export async function findCategory(tx: Kysely<OrderTables>, id: Id): Promise<Category | null> {
  const row = await tx.selectFrom("categories").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : categoryOf(row);
}

export function categoryOf({ id, name, position, enabled }: CategoryRow): Category {
  return { id, name, position, enabled };
}

function rowOf(category: Category): CategoryRow {
  return { ...category, name_key: searchKey(category.name) };
}

async function named(write: () => Promise<unknown>): Promise<Result<null, "category-name-taken">> {
  try {
    await write();
    return ok(null);
  } catch (error) {
    if (isUniqueViolation(error, "categories_name_unique")) return refuse("category-name-taken");
    throw error;
  }
}
