import { createPool } from "@comanda/postgres";
import type { Place } from "./scan.ts";

/**
 * One place for each column that holds anything, `name.table.column` with all its rows; bytes in three readings.
 * @param database what the database is called in the names of its places
 */
export async function readTables(database: string, url: string): Promise<readonly Place[]> {
  const pool = createPool({ connectionString: url, applicationName: "canary", max: 1, statementTimeoutMs: 60_000 });
  try {
    const { rows: columns } = await pool.query<Column>(`
      select table_schema as schema, table_name as "table", column_name as "column", data_type = 'bytea' as "isBytes"
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
    if (columns.length === 0) return [];
    // One statement for all: a suite has hundreds of databases, each with dozens of columns.
    const { rows } = await pool.query<{ table: string; column: string; isBytes: boolean; text: string }>(`
      select "table", "column", "isBytes", string_agg(value, E'\\n') as text
      from (${columns.map(selectOf).join(" union all ")}) as everything (schema, "table", "column", "isBytes", value)
      where value is not null group by schema, "table", "column", "isBytes"`);
    return rows.map(({ table, column, isBytes, text }) => ({
      place: `${database}.${table}.${column}`,
      text: isBytes ? text.split("\n").flatMap(readings).join("\n") : text,
    }));
  } finally {
    await pool.end();
  }
}

type Column = { readonly schema: string; readonly table: string; readonly column: string; readonly isBytes: boolean };

function selectOf({ schema, table, column, isBytes }: Column): string {
  const words = [schema, table, column].map((word) => `'${word.replaceAll("'", "''")}'`).join(", ");
  const [of, from, what] = [schema, table, column].map((word) => `"${word.replaceAll('"', '""')}"`);
  const value = isBytes ? `encode(${what}, 'hex')` : `${what}::text`;
  return `select ${words}, ${isBytes}, ${value} from ${of}.${from}`;
}

function readings(hex: string): readonly string[] {
  const bytes = Buffer.from(hex, "hex");
  return [hex, bytes.toString("latin1"), bytes.toString("utf8")];
}
