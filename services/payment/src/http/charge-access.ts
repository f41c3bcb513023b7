import { addSeconds } from "@comanda/primitives";
import { type Caller, type Grant, STAFF } from "@comanda/service-kit";
import type { Charge } from "../domain/charge.ts";

/** Who may read charges at all; which ones is decided charge by charge. */
export const READERS = [...STAFF, "service", "customer", "device:kiosk"] as const satisfies readonly Grant[];

const TOKEN_LIVES_S = 3_600;

/** What a caller may see: everything, or what is their own and not older than `since`. */
export type View =
  | { readonly audience: "house" }
  | { readonly audience: "guest"; readonly customerId: string; readonly since: Date };

/**
 * What `caller` may see. Staff and services see all; a payer sees their own. A CPF is no secret, so somebody who is only
 * `identified` sees what was ordered during the life of this token, not the history of the person.
 */
export function viewOf(caller: Caller): View {
  if (caller.role !== "customer" && caller.role !== "device") return { audience: "house" };
  const isSure = caller.level !== "identified";
  const since = isSure ? new Date(0) : addSeconds(caller.expiresAt, -TOKEN_LIVES_S);
  return { audience: "guest", customerId: caller.id, since };
}

/** Says whether a charge lies within a view. */
export function isVisible(charge: Charge, view: View): boolean {
  return view.audience === "house" || (charge.customerId === view.customerId && charge.createdAt >= view.since);
}
