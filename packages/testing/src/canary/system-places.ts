import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { harvestSettings } from "./harvest.ts";
import { isKeeping, noteMetrics, noteText, plant } from "./planted.ts";
import { readTables } from "./tables.ts";

/** What a started system is made of, for the search. */
type Parts = {
  readonly dataDir: string;
  readonly databaseUrls: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
};

/** Plants what `npm start` made for itself: secrets, keys and the passwords of the databases. */
export async function plantSystem({ dataDir, variables }: Parts): Promise<void> {
  if (!isKeeping()) return;
  harvestSettings(variables);
  for (const { path, text } of await readFolder(join(dataDir, "secrets"))) {
    const value = text.trim();
    const isKey = value.startsWith("{");
    plant(
      "a secret of the service",
      isKey ? JSON.parse(value).d : value,
      isKey || /key|client/.test(path) ? "base64" : "text",
    );
  }
}

/** Keeps what a system shows while it runs. A service that a test has killed shows nothing. */
export async function noteFiguresOf(services: Readonly<Record<string, string>>): Promise<void> {
  if (!isKeeping()) return;
  for (const [name, url] of Object.entries(services)) {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (answer?.ok === true) noteMetrics(name, await answer.text());
  }
}

/** Keeps what a system has left: files of its logs and every column of its databases. */
export async function noteSystem({ dataDir, databaseUrls }: Parts): Promise<void> {
  if (!isKeeping()) return;
  for (const { path, text } of await readFolder(join(dataDir, "logs"))) noteText(`file logs: ${path}`, text);
  for (const [name, url] of Object.entries(databaseUrls)) {
    for (const { place, text } of await readTables(`column ${name}`, url)) noteText(place, text);
  }
}

async function readFolder(folder: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(paths.map(async (path) => ({ path: relative(folder, path), text: await readFile(path, "utf8") })));
}
