import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTestDatabase } from "./test-database.ts";

const FOLDER = join(import.meta.dirname, "../../../docs/privacy");

/** What a field can be (docs/privacy/README.md). */
const CLASSES = ["personal", "pseudonym", "secret", "money", "technical"];

/** `{ "table.column": "class retention" }` of one file of docs/privacy/columns. */
export function readTags(name: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(FOLDER, "columns", `${name}.json`), "utf8"));
}

/** The tags that name no class or no retention that exists. */
export function badTags(tags: Readonly<Record<string, string>>): readonly string[] {
  const retentions: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(FOLDER, "retention.json"), "utf8"));
  return Object.entries(tags).flatMap(([column, tag]) => {
    const [kind = "", retention = "", ...more] = tag.split(" ");
    const isGood = CLASSES.includes(kind) && Object.hasOwn(retentions, retention) && more.length === 0;
    return isGood ? [] : [`${column}: ${tag}`];
  });
}

/** What is wrong with the tags of a service: columns without one, tags without a column, tags that say nothing. */
export type TagFaults = Readonly<Record<"untagged" | "gone" | "bad", readonly string[]>>;

/**
 * Compares the tags of a service with its live schema (reliability OP-66): every column says of which class it is and
 * how long it is kept.
 */
export async function compareColumns(service: string, migrations: string): Promise<TagFaults> {
  const database = await createTestDatabase({ migrations });
  try {
    const { rows } = await database.pool.query<{ name: string; table: string }>(`
      select table_name as "table", table_name || '.' || column_name as name
      from information_schema.columns where table_schema = 'public'`);
    const columns = new Set(rows.map(({ name }) => name));
    const tables = new Set(rows.map(({ table }) => table));
    const shared = Object.entries(readTags("every-service")).filter(([name]) => tables.has(name.split(".")[0] ?? ""));
    const tags = { ...Object.fromEntries(shared), ...readTags(service) };
    const tagged = Object.keys(tags).filter((name) => !name.startsWith("document:"));
    return {
      untagged: [...columns].filter((name) => !(name in tags)),
      gone: tagged.filter((name) => !columns.has(name)),
      bad: badTags(tags),
    };
  } finally {
    await database.drop();
  }
}
