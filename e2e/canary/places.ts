import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Place } from "@comanda/testing/canary";
import { readTables } from "@comanda/testing/canary-tables";
import { dumpMongo } from "@comanda/testing/mongo-dump";
import type { System } from "@comanda/testing/system";

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
