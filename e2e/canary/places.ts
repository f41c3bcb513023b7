import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { createPool } from "@comanda/postgres";
import { dumpMongo } from "@comanda/testing/mongo-dump";
import type { System } from "@comanda/testing/system";
import type { Place } from "./scan.ts";

/** Where the system and its database write; compiled modules and PostgreSQL's own files hold what the tables hold. */
const SKIPPED = /^(?:postgres|data\/cache)(?:\/|$)/;

/**
 * Everything that a running system has written or shows: files, output, figures, every column of every table, and every
 * field of payment's MongoDB where it keeps its charges there.
 */
export async function readPlaces(system: System, mongodbUri: string | null = null): Promise<readonly Place[]> {
  const tables = Object.entries(system.databaseUrls).map(([name, url]) => readTables(name, url));
  const figures = ["auth", "order", "payment", "web"] as const;
  return [
    { place: "output of start", text: system.output() },
    { place: "log of PostgreSQL", text: system.postgresOutput() },
    ...(await readFiles(dirname(system.dataDir))),
    ...(await Promise.all(
      figures.map(async (name) => ({
        place: `metrics of ${name}`,
        text: await (await fetch(`${system[name]}/metrics`)).text(),
      })),
    )),
    ...(await Promise.all(tables)).flat(),
    ...(mongodbUri === null ? [] : await dumpMongo(mongodbUri)).map(({ field, text }) => ({
      place: `payment.${field}`,
      text,
    })),
  ];
}

async function readFiles(root: string): Promise<readonly Place[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(
    paths
      .filter((path) => !SKIPPED.test(relative(root, path)))
      .map(async (path) => ({ place: `file ${relative(root, path)}`, text: await readFile(path, "utf8") })),
  );
}

/** One place for each column, with all its rows; bytes in three readings. */
async function readTables(database: string, url: string): Promise<readonly Place[]> {
  const pool = createPool({ connectionString: url, applicationName: "canary", max: 2 });
  try {
    const { rows: columns } = await pool.query<{ schema: string; table: string; column: string; type: string }>(`
      select table_schema as schema, table_name as "table", column_name as "column", data_type as type
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
    return await Promise.all(
      columns.map(async ({ schema, table, column, type }) => {
        const { rows } = await pool.query<{ value: string | Buffer | null }>(
          `select "${column}"${type === "bytea" ? "" : "::text"} as value from "${schema}"."${table}"`,
        );
        return {
          place: `${database}.${table}.${column}`,
          text: rows.flatMap(({ value }) => readings(value)).join("\n"),
        };
      }),
    );
  } finally {
    await pool.end();
  }
}

function readings(value: string | Buffer | null): readonly string[] {
  if (value === null) return [];
  if (typeof value === "string") return [value];
  return [value.toString("hex"), value.toString("latin1"), value.toString("utf8")];
}
