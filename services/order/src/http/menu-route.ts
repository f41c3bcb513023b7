import { type Grant, problemResponses } from "@comanda/service-kit";
import { problems } from "../problems.ts";

/** Who keeps the menu (api.md: writing is for admins). */
export const MENU_KEEPERS = ["admin", "manager"] as const satisfies readonly Grant[];

/** Who may say that something is sold out: whoever stands where it runs out. */
export const SOLD_OUT_SAYERS = [
  ...MENU_KEEPERS,
  "kitchen",
  "cashier",
  "device:kitchen",
] as const satisfies readonly Grant[];

/** Response schemas of the problems of a route that wants a token and a body. */
export function writeProblems(...codes: readonly (keyof typeof problems)[]) {
  const always = ["malformed-json", "unauthenticated", "forbidden", "unsupported-media-type", "validation-failed"];
  return problemResponses([...always, ...codes, "unavailable"], problems);
}

/** Response schemas of the problems of a public reading route. */
export function readProblems(...codes: readonly (keyof typeof problems)[]) {
  return problemResponses(["unauthenticated", "validation-failed", ...codes], problems);
}

/** Headers of a reading route that knows about unchanged answers. */
export const notModified = { 304: { description: "Unchanged since the `ETag` sent as `If-None-Match`", type: "null" } };
