import fc from "fast-check";
import { CORPUS } from "./corpus/corpus.ts";
import type { Schema } from "./operations.ts";

/** What stands in a plan for something that exists only once a system runs: `{{order}}`, `{{fresh_cpf}}`. */
export function word(name: string): string {
  return `{{${name}}}`;
}

/** Everybody's password in a house that is attacked. */
export const PASSWORD = "um pastel de queijo às seis";

/** A PNG of one point, in base64. */
export const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function mostly(often: string, seldom: string): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(often) }, { weight: 1, arbitrary: fc.constant(seldom) });
}

/** Values that no schema tells: what the house knows by the name of a field. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  cpf: mostly(word("fresh_cpf"), word("known_cpf")),
  email: mostly(word("fresh_email"), word("known_email")),
  username: mostly(word("known_email"), word("fresh_email")),
  password: fc.constant(PASSWORD),
  client_id: fc.constant("order"),
  client_secret: fc.constant(word("client_secret")),
  token: fc.constant(word("token")),
  product_id: fc.constant(word("product")),
  category_id: fc.constant(word("category")),
  options: fc.constant([]),
  slots: fc.constant([]),
  without: fc.constant([]),
  option_groups: fc.constant([]),
  image_url: fc.constant(null),
  // What is over the moment it begins is answered anew each time.
  expires_at: fc.constantFrom(null, "2035-01-01T00:00:00.000Z"),
};

const line = fc
  .array(fc.constantFrom(..."abc ÁçÑ ñ 0123 'D-.,!? ümläut 漢字 🍔 ß <b> {{ =+@"), {
    minLength: 1,
    maxLength: 12,
  })
  .map((letters) => `x${letters.join("")}`.replaceAll("{{", "{"));

/** Values that a schema allows. `name` is the field's, for what only the house knows. */
export function valid(schema: Schema, name = ""): fc.Arbitrary<unknown> {
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => valid(choice, name)));
  switch (schema.type) {
    case "string":
      return text(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100_000 });
    case "number":
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array": {
      const bounds = { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 4, 4) };
      const items = valid(schema.items ?? {});
      return schema.uniqueItems === true
        ? fc.uniqueArray(items, { ...bounds, selector: (item) => JSON.stringify(item) })
        : fc.array(items, bounds);
    }
    case "object":
      return object(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 }).filter(canBeRead);
  }
}

/** Whether it is JSON that means one thing: a whole number beyond 2⁵³ would be refused, whatever the document says. */
function canBeRead(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value !== "object" || value === null || Object.values(value).every(canBeRead);
}

function object(schema: Schema): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const record = Object.fromEntries(properties.map(([name, each]) => [name, valid(each, name)]));
  const requiredKeys = schema.required === undefined ? [] : schema.required.filter((name) => name in record);
  const { minProperties = 0, maxProperties = properties.length } = schema;
  return fc
    .record(record, { requiredKeys })
    .filter((made) => Object.keys(made).length >= minProperties && Object.keys(made).length <= maxProperties);
}

function text(schema: Schema): fc.Arbitrary<unknown> {
  const { format, pattern, minLength = 0, maxLength = 40 } = schema;
  if (format === "uuid") return fc.uuid({ version: 7 });
  if (format === "date-time")
    return fc
      .date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === "date")
    return fc
      .integer({ min: 0, max: 2_000 })
      .map((days) => new Date(Date.UTC(2020, 0, 1 + days)).toISOString().slice(0, 10));
  if (pattern?.includes("\\u202a")) return line.map((made) => [...made].slice(0, maxLength).join("").trim());
  if (pattern !== undefined) {
    // What must not follow cannot be generated: made without it, and then sieved.
    const whole = new RegExp(pattern, "u");
    const longest = schema.maxLength ?? Number.POSITIVE_INFINITY;
    const made = fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?!(?:[^()\\]|\\.|\[[^\]]*\])*\)/g, ""), "u"));
    return made.filter((each) => whole.test(each) && each.length >= minLength && [...each].length <= longest);
  }
  return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 30) });
}

/** Every text of the corpus that stands for itself and fits into an address, so that each is tried at every field. */
const CORPUS_VALUES: readonly unknown[] = CORPUS.flatMap(({ trials }) => trials)
  .flatMap((trial) => ("values" in trial ? trial.values : []))
  .filter((value) => typeof value !== "string" || (value.length <= 5_000 && !value.includes("{{")));

/** Values that fit hardly anything: what a field can be given instead of its own (reliability §4). */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    -0,
    1.5,
    1e308,
    9_007_199_254_740_991,
    "",
    " ",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\u202e",
    "\ufeff",
    "'; drop table orders; --",
    "%",
    "\\",
    "__proto__",
    "NaN",
    "Infinity",
    "2",
    "x".repeat(5_000),
    [],
    [[]],
    {},
    { $ne: null },
    { toString: 1 },
    "00000000-0000-0000-0000-000000000000",
    "urn:uuid:0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01",
    "2026-02-30T00:00:00Z",
    "2026-01-01T23:59:60Z",
    "+275760-09-13T00:00:00.001Z",
  ),
  fc.constantFrom(...CORPUS_VALUES),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);
