import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

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

/**
 * The tests of what a service holds: every column of its live schema says of which class it is and how long it is kept
 * (reliability OP-66). A column without a tag, or a tag without a column, fails.
 */
export function describeColumns(service: string, migrations: string): void {
  describe("what is held, column by column", () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase({ migrations });
    });
    afterAll(() => database.drop());

    it("when a column is there, then docs/privacy/columns says its class and how long it is kept", async () => {
      const { rows } = await database.pool.query<{ name: string; table: string }>(`
        select table_name as "table", table_name || '.' || column_name as name
        from information_schema.columns where table_schema = 'public'`);
      const tables = new Set(rows.map(({ table }) => table));
      const shared = Object.entries(readTags("every-service")).filter(([name]) => tables.has(name.split(".")[0] ?? ""));
      const tags = { ...Object.fromEntries(shared), ...readTags(service) };
      const columns = Object.keys(tags).filter((name) => !name.startsWith("document:"));
      expect(columns.sort()).toEqual(rows.map(({ name }) => name).sort());
      expect(badTags(tags)).toEqual([]);
    });
  });
}
