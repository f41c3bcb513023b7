import { type Caller, type Grant, STAFF } from "@comanda/service-kit";
import type { Charge } from "../domain/charge.ts";

/** Who may read charges at all; which ones is decided charge by charge. */
export const READERS = [...STAFF, "service", "customer", "device:kiosk"] as const satisfies readonly Grant[];

/** What a caller may see: everything, or what is their own; `customerId` is null for who has nothing here. */
export type View = { readonly audience: "house" } | { readonly audience: "guest"; readonly customerId: string | null };

/**
 * What `caller` may see. Staff and services see all; a payer sees their own. A CPF is no secret, and a charge does not
 * know with which token its order was placed: who is only `identified` finds the payment in the order, which does.
 */
export function viewOf(caller: Caller): View {
  if (caller.role !== "customer" && caller.role !== "device") return { audience: "house" };
  return { audience: "guest", customerId: caller.level === "identified" ? null : caller.id };
}

/** Says whether a charge lies within a view. */
export function isVisible(charge: Charge, view: View): boolean {
  return view.audience === "house" || (view.customerId !== null && charge.customerId === view.customerId);
}
