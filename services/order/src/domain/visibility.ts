import type { Id } from "@comanda/primitives";
import type { Order } from "./order.ts";

/** Whose eyes look at orders. */
export type Viewer =
  /** Sees every order. `kitchen` view: what is to be made and called, no prices, no payment; `panel`: no wishes either. */
  | { readonly sees: "all"; readonly view: View }
  /**
   * Sees what this customer ordered while signed in, in whatever session. What was ordered by typing their CPF is not
   * among it: an account's CPF is what its owner said, and may be somebody else's (docs/adr/0029).
   */
  | { readonly sees: "customer"; readonly customerId: Id; readonly view: View }
  /** Sees what was ordered with this very token: a CPF is no secret, it opens no other order (the contract, identify). */
  | { readonly sees: "session"; readonly sessionId: string; readonly view: View }
  /** Sees what this totem sent. */
  | { readonly sees: "kiosk"; readonly deviceId: Id; readonly view: View };

export type View = "full" | "kitchen" | "panel";

/** Whether `viewer` may know that this order exists. */
export function canSee(
  order: Pick<Order, "customerId" | "sessionId" | "placedBy" | "channel">,
  viewer: Viewer,
): boolean {
  switch (viewer.sees) {
    case "all":
      return true;
    case "customer":
      return order.customerId === viewer.customerId && order.sessionId === null;
    case "session":
      return order.sessionId === viewer.sessionId;
    case "kiosk":
      return order.channel === "kiosk" && order.placedBy === viewer.deviceId;
  }
}
