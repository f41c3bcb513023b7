import { type TObject, type TSchema, Type } from "typebox";
import { houseProblems } from "./house-problems.ts";
import type { ProblemCatalogue } from "./problem.ts";

/** The problem document of RFC 9457 as every service answers it. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String(),
    request_id: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { additionalProperties: true },
);

/** A UUID in a path, as clients send it: either letter case. */
export const IdSchema = Type.String({ format: "uuid", description: "UUIDv7" });

/** `{ id }`, the path parameters of most routes. */
export const IdParams = Type.Object({ id: IdSchema });

/** An instant: RFC 3339, UTC, milliseconds. */
export const InstantSchema = Type.String({ format: "date-time" });

/** `?limit=&cursor=` of every list, to be spread into a query schema. */
export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
};

/** `{ items, next_cursor }` around the schema of one item. */
export function PageOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });
}

/** A value or null. */
export function Nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

type ProblemResponse = { description: string; content: { "application/problem+json": { schema: TObject } } };

/**
 * The problems a route can answer, as response schemas by status, for its `schema.response`: each code with its title
 * and an example, so that the OpenAPI document tells clients what to expect.
 * @throws TypeError for a code that neither the house nor `catalogue` knows
 */
export function problemResponses(
  codes: readonly string[],
  catalogue: ProblemCatalogue = {},
): Record<number, ProblemResponse> {
  const known: ProblemCatalogue = { ...houseProblems, ...catalogue };
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const kind = known[code];
    if (kind === undefined) throw new TypeError(`unknown problem code ${code}`);
    byStatus.set(kind.status, [...(byStatus.get(kind.status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `\`${code}\`: ${known[code]?.title.en}`).join(" · "),
        content: { "application/problem+json": { schema: exampleOf(list, known) } },
      },
    ]),
  );
}

function exampleOf(codes: readonly string[], known: ProblemCatalogue): TObject {
  const examples = codes.map((code) => ({
    type: `urn:comanda:problem:${code}`,
    title: known[code]?.title.pt,
    status: known[code]?.status,
    detail: known[code]?.detail.pt,
    instance: "/",
    code,
    request_id: "0192f1c8-0000-7000-8000-000000000000",
  }));
  return Type.Object(ProblemSchema.properties, { additionalProperties: true, examples });
}
