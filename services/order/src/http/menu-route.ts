import { type Grant, type HttpProblem, problemResponses } from "@comanda/service-kit";
import { problem, problems } from "../problems.ts";
import type { OnceRefusal } from "../use-cases/answer-once.ts";
import type { ProductFault } from "../use-cases/check-product.ts";

/** Who keeps the menu (the contract: writing is for admins). */
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

/** What a route may answer to a request that names itself with an `Idempotency-Key`. */
export const ONCE_PROBLEMS = ["idempotency-key-reused", "request-in-progress"] as const;

/** Why nothing was added to the menu, as the client meets it. */
export function menuProblemOf(code: ProductFault | "category-name-taken" | OnceRefusal["code"]): HttpProblem {
  return code === "request-in-progress" ? problem(code, { headers: { "retry-after": "1" } }) : problem(code);
}

/** Response schemas of the problems of a public reading route. */
export function readProblems(...codes: readonly (keyof typeof problems)[]) {
  return problemResponses(["unauthenticated", "validation-failed", ...codes], problems);
}

/** Headers of a reading route that knows about unchanged answers. */
export const notModified = { 304: { description: "Unchanged since the `ETag` sent as `If-None-Match`", type: "null" } };
