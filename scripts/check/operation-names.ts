/** One operation has one name everywhere (CONTRIBUTING.md): a route's file and its OpenAPI operation bear the same. */
import { glob, readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** Every operation of a service whose name is another than its file's, is no kebab-case, or is taken. */
export async function checkOperationNames(): Promise<readonly string[]> {
  const faults: string[] = [];
  const seen = new Set<string>();
  for await (const path of glob("services/*/src/http/*.ts")) {
    const names = operationsIn(await readFile(path, "utf8"));
    faults.push(...faultsOfNames(path, names));
    for (const name of names) {
      const place = `${dirname(path)} ${name}`;
      if (seen.has(place)) faults.push(`${path}: another route is called ${name} already`);
      seen.add(place);
    }
  }
  // A guard that reads nothing passes everything.
  if (seen.size < 60) faults.push(`only ${seen.size} operations were found`);
  return faults;
}

function operationsIn(text: string): readonly string[] {
  return [...text.matchAll(/operationId: "([^"]+)"/g)].map(([, name = ""]) => name);
}

/** A file with one operation is named after it; one that holds two (ask and confirm) is named after both. */
export function faultsOfNames(path: string, names: readonly string[]): readonly string[] {
  const file = basename(path, ".ts");
  const odd = names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name));
  const [only] = names.length === 1 ? names : [];
  return [
    ...odd.map((name) => `${path}: the operation ${name} is not in kebab-case`),
    ...(only === undefined || only === file ? [] : [`${path}: its operation is called ${only}`]),
  ];
}
