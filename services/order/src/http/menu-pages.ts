import { houseProblem, IdSchema, pageQuery } from "@comanda/service-kit";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Entry, MenuView, Place } from "../domain/menu.ts";
import { placeOf } from "../domain/menu.ts";

/** `?enabled=&q=` and paging, as both lists of the menu take them. */
export const menuListQuery = {
  enabled: Type.Optional(Type.Boolean()),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "Literal text in name or description; case and accents do not matter",
    }),
  ),
  ...pageQuery,
};

/** The lists of the menu: a place in one is no place in the other. */
type ListName = "categories" | "products";

const Cursor = Type.Tuple([Type.Enum(["categories", "products"]), Type.Integer(), Type.String(), IdSchema]);

/** Who keeps the menu sees all of it; to everybody else what is not on the menu does not exist. */
export function viewOf(request: FastifyRequest): MenuView {
  const role = request.caller?.role;
  return role === "admin" || role === "manager" ? "keeper" : "guest";
}

/** @throws HttpProblem validation-failed for a cursor that none of our pages gave out */
export function placeFromCursor(list: ListName, cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const parts = parseJson(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!Value.Check(Cursor, parts) || parts[0] !== list) {
    throw houseProblem("validation-failed", {
      extensions: { errors: [{ path: "/querystring/cursor", message: "is not a cursor of this list" }] },
    });
  }
  const [, position, nameKey, id] = parts;
  return { position, nameKey, id };
}

/** `{ items, next_cursor }` of a page. */
export function renderPage<Item extends { readonly id: string }>(
  list: ListName,
  page: { readonly entries: readonly Entry<Item>[]; readonly hasMore: boolean },
  render: (item: Item) => unknown,
) {
  const last = page.entries.at(-1);
  return {
    items: page.entries.map(({ item }) => render(item)),
    next_cursor: page.hasMore && last !== undefined ? cursorOf(list, placeOf(last)) : null,
  };
}

function cursorOf(list: ListName, { position, nameKey, id }: Place): string {
  return Buffer.from(JSON.stringify([list, position, nameKey, id])).toString("base64url");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no cursor either; the caller says so.
    return null;
  }
}
