import { type Caller, type Grant, STAFF } from "@comanda/service-kit";
import type { Charge } from "../domain/charge.ts";

/** Who may read charges at all; which ones is decided charge by charge. */
export const READERS = [...STAFF, "service", "customer", "device:kiosk"] as const satisfies readonly Grant[];

/** Who reads what is about money alone: everybody of the house but the kitchen (reliability M51). */
export const MONEY_READERS = ["cashier", "manager", "admin"] as const satisfies readonly Grant[];

/** Through whose eyes a charge is shown. The kitchen learns whether it was paid, and neither the price nor by whom. */
export type Audience = "guest" | "house" | "kitchen";

/** What a caller may see: everything, or what is their own; `customerId` is null for who has nothing here. */
export type View =
  | { readonly audience: "house" | "kitchen" }
  | { readonly audience: "guest"; readonly customerId: string | null };

/**
 * What `caller` may see. Staff and services see all; a payer sees their own. A CPF is no secret, and a charge does not
 * know with which token its order was placed: who is only `identified` finds the payment in the order, which does.
 */
export function viewOf(caller: Caller): View {
  if (caller.role === "kitchen") return { audience: "kitchen" };
  if (caller.role !== "customer" && caller.role !== "device") return { audience: "house" };
  return { audience: "guest", customerId: caller.level === "identified" ? null : caller.id };
}

/** Says whether a charge lies within a view. */
export function isVisible(charge: Charge, view: View): boolean {
  return view.audience !== "guest" || (view.customerId !== null && charge.customerId === view.customerId);
}
