import { type TSchema, Type } from "typebox";
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
  {
    $id: "Problem",
    additionalProperties: true,
    description: "RFC 9457. `code` is stable; `detail` is Portuguese, or English with `Accept-Language: en`.",
    examples: [
      {
        type: "urn:comanda:problem:validation-failed",
        title: "Dados inválidos",
        status: 422,
        detail: "Alguns campos precisam de correção; veja a lista de erros.",
        instance: "/orders",
        code: "validation-failed",
        request_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01",
        errors: [{ path: "/items/0/quantity", message: "must be <= 20" }],
      },
    ],
  },
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

type ProblemResponse = {
  description: string;
  content: { "application/problem+json": { schema: { $ref: "Problem#" } } };
};

/**
 * The problems a route can answer, as response schemas by status, for its `schema.response`: each code with its title,
 * so that the OpenAPI document tells clients what to expect. The document itself is one shared schema, `Problem`.
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
        content: { "application/problem+json": { schema: { $ref: "Problem#" } } },
      },
    ]),
  );
}
