import { type Id, isId } from "@comanda/primitives";
import { houseProblem } from "@comanda/service-kit";

/** The id of a page's last row, as clients carry it to the next page. */
export function cursorOf(id: Id): string {
  return Buffer.from(id).toString("base64url");
}

/**
 * The id inside a cursor.
 * @throws HttpProblem 422 for text that is no cursor of ours
 */
export function idOfCursor(cursor: string): Id {
  const id = Buffer.from(cursor, "base64url").toString();
  if (isId(id)) return id;
  const errors = [{ path: "/querystring/cursor", message: "is no cursor of ours" }];
  throw houseProblem("validation-failed", { extensions: { errors } });
}
