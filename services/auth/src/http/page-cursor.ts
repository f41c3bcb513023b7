import { houseProblem } from "@comanda/service-kit";

/** A cursor is the last id seen, as 16 bytes in base64url; clients must not read it. */
function writeCursor(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

/** @throws HttpProblem `validation-failed` for what is no cursor of ours */
export function readCursor(cursor: string): string {
  const bytes = Buffer.from(cursor, "base64url");
  if (bytes.length !== 16 || bytes.toString("base64url") !== cursor) {
    const errors = [{ path: "/querystring/cursor", message: "is not a cursor of this list" }];
    throw houseProblem("validation-failed", { extensions: { errors } });
  }
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** One page of what was found with a limit of one more than asked for, which tells whether there is a next page. */
export function pageOf<Item extends { readonly id: string }>(found: readonly Item[], limit: number) {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: found.length > limit && last !== undefined ? writeCursor(last.id) : null };
}
