import { glob, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

/** The statements without remarks and with their white space evened out. */
function statementsOf(sql: string): string {
  return sql
    .replace(/^\s*--.*$/gm, "")
    .replace(/\s+/g, " ")
    .trim();
}

// A migration is never edited, so a service holds a copy of a package's statements instead of a reference; a copy that
// drifts would be found out by the first event, the first entry, the first request.
describe("tables of the packages in the services' migrations", () => {
  it.each([
    ["outbox", "packages/messaging/sql/0001_create_outbox.sql", 3],
    ["inbox", "packages/messaging/sql/0002_create_inbox.sql", 1],
    ["audit_trail", "packages/audit/sql/0001_create_audit_trail.sql", 3],
    ["audit_anchor", "packages/audit/sql/0002_cut_audit_trail.sql", 3],
    ["rate_limits", "packages/rate-limits/sql/0001_create_rate_limits.sql", 1],
  ])("when a service creates %s, then in exactly the package's form", async (table, original, copiesMin) => {
    const expected = statementsOf(await readFile(original, "utf8"));
    expect(expected).toContain(`table ${table} (`);
    let copies = 0;
    for await (const path of glob("services/*/migrations/*.sql")) {
      const migration = statementsOf(await readFile(path, "utf8"));
      if (!migration.includes(`table ${table} (`)) continue;
      copies += 1;
      expect(migration, path).toContain(expected);
    }
    expect(copies).toBeGreaterThanOrEqual(copiesMin);
  });
});
