import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { expect, it } from "vitest";
import { CALLER_NAMES, type CallerName, callersOf } from "./callers.ts";

const FieldsSchema = Type.Record(Type.String(), Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 })));
const PATH = join(import.meta.dirname, "../../../../docs/authorization/fields.json");

/**
 * The tests of one resource's field matrix, one for each caller, and one that no field is without its row: as each row
 * says who sees the field, a field that nobody was shown filled fails as well.
 *
 * @param resource.schema what the API says of it; each of its fields wants a row
 * @param see what this caller gets to see of the same things, as the API answers it; together the things must fill
 *   every field, since a field that is `null` everywhere counts as hidden
 */
export function describeFields(
  { name: resource, schema }: { readonly name: string; readonly schema: TSchema },
  see: (caller: CallerName) => Promise<readonly unknown[]>,
): void {
  const fields = readFields(resource);

  it(`when the API says what a ${resource} has, then each field has its row, and each row its field`, () => {
    expect([...fields.keys()].sort()).toEqual([...new Set(fieldsOfSchema(schema, ""))].sort());
  });

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

/** The paths of everything that can hold a value, written as those of values are. */
function fieldsOfSchema(schema: unknown, path: string): string[] {
  const { anyOf, properties, items, type } = Object(schema);
  if (Array.isArray(anyOf)) return anyOf.flatMap((each) => fieldsOfSchema(each, path));
  if (type === "null") return [];
  if (items !== undefined) return fieldsOfSchema(items, `${path}[]`);
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([key, each]) =>
    fieldsOfSchema(each, path === "" ? key : `${path}.${key}`),
  );
}

/** The paths of everything that holds a value, lists as `name[]`. */
function fieldsOf(value: unknown, path: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(each, `${path}[]`));
  if (typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, each]) => fieldsOf(each, path === "" ? key : `${path}.${key}`));
}
