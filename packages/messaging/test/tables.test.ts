import { glob, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

/** The statement that creates `table`, its white space evened out. */
function statementOf(table: string, sql: string): string | null {
  const statement = new RegExp(`create table ${table} \\([\\s\\S]*?\\n\\);`).exec(sql)?.[0];
  return statement === undefined ? null : statement.replace(/\s+/g, " ");
}

// A migration is never edited, so a service holds a copy of these statements instead of a reference; a copy that
// drifts would be found out by the first event.
describe("outbox and inbox in the services' migrations", () => {
  it.each([
    ["outbox", "packages/messaging/sql/0001_create_outbox.sql", 2],
    ["inbox", "packages/messaging/sql/0002_create_inbox.sql", 1],
  ])("when a service creates the table %s, then in exactly this package's form", async (table, original, copiesMin) => {
    const expected = statementOf(table, await readFile(original, "utf8"));
    expect(expected).not.toBeNull();
    let copies = 0;
    for await (const path of glob("services/*/migrations/*.sql")) {
      const copy = statementOf(table, await readFile(path, "utf8"));
      if (copy === null) continue;
      copies += 1;
      expect(copy, path).toBe(expected);
    }
    expect(copies).toBeGreaterThanOrEqual(copiesMin);
  });
});
