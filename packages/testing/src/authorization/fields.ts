import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { expect, it } from "vitest";
import { CALLER_NAMES, type CallerName, callersOf } from "./callers.ts";

const FieldsSchema = Type.Record(Type.String(), Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 })));
const PATH = join(import.meta.dirname, "../../../../docs/authorization/fields.json");

/**
 * The tests of one resource's field matrix, one for each caller.
 *
 * @param see what this caller gets to see of the same things, as the API answers it; together the things must fill
 *   every field, since a field that is `null` everywhere counts as hidden
 */
export function describeFields(resource: string, see: (caller: CallerName) => Promise<readonly unknown[]>): void {
  const fields = readFields(resource);
  it.each(CALLER_NAMES.slice(1))(
    `when %s looks at the ${resource}, then they see these fields and no other`,
    async (caller) => {
      const seen = new Set((await see(caller)).flatMap((thing) => fieldsOf(thing, "")));
      const allowed = [...fields].filter(([, callers]) => callers.includes(caller)).map(([field]) => field);
      expect([...seen].sort()).toEqual(allowed.sort());
    },
  );
}

function readFields(resource: string): ReadonlyMap<string, readonly CallerName[]> {
  const content: unknown = JSON.parse(readFileSync(PATH, "utf8"));
  if (!Value.Check(FieldsSchema, content)) throw new Error("docs/authorization/fields.json has another form");
  const fields = Object.entries(content[resource] ?? {});
  if (fields.length === 0) throw new Error(`docs/authorization/fields.json knows no ${resource}`);
  return new Map(fields.map(([field, words]) => [field, words.flatMap(callersOf)]));
}

/** The paths of everything that holds a value, lists as `name[]`. */
function fieldsOf(value: unknown, path: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(each, `${path}[]`));
  if (typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, each]) => fieldsOf(each, path === "" ? key : `${path}.${key}`));
}
