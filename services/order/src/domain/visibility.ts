import type { Id } from "@comanda/primitives";
import type { Order } from "./order.ts";

/** Whose eyes look at orders. */
export type Viewer =
  /** Sees every order: the counter, the office, services. */
  | { readonly sees: "all"; readonly view: "full" }
  /** Sees what was paid and is, or was, to be made: the kitchen, which also looks back (product §2.4, recall). */
  | { readonly sees: "paid"; readonly view: "kitchen" }
  /** Sees what is on the board now: the panel. */
  | { readonly sees: "board"; readonly view: "panel" }
  /**
   * Sees what this customer ordered while signed in, in whatever session. What was ordered by typing their CPF is not
   * among it: an account's CPF is what its owner said, and may be somebody else's (docs/adr/0029).
   */
  | { readonly sees: "customer"; readonly customerId: Id; readonly view: "full" }
  /** Sees what was ordered with this very token: a CPF is no secret and opens no other order (the contract, identify). */
  | { readonly sees: "session"; readonly sessionId: string; readonly view: "full" }
  /** Sees what this totem sent. */
  | { readonly sees: "kiosk"; readonly deviceId: Id; readonly view: "full" };

/** `kitchen`: what is to be made and called, no prices, no payment. `panel`: what is called, and not even what is in it. */
export type View = Viewer["view"];

/** The statuses of orders that are on the board: what the queue holds (the contract). */
export const BOARD = ["paid", "preparing", "ready_for_pickup"] as const satisfies readonly Order["status"][];

type Seen = Pick<Order, "customerId" | "sessionId" | "placedBy" | "channel" | "status" | "paidAt">;

/** Whether `viewer` may read this order. */
export function canSee(order: Seen, viewer: Viewer): boolean {
  switch (viewer.sees) {
    case "all":
      return true;
    // What nobody has paid for is neither made nor called.
    case "paid":
      return order.paidAt !== null;
    case "board":
      return order.paidAt !== null && BOARD.some((status) => status === order.status);
    case "customer":
      return order.customerId === viewer.customerId && order.sessionId === null;
    case "session":
      return order.sessionId === viewer.sessionId;
    case "kiosk":
      return order.channel === "kiosk" && order.placedBy === viewer.deviceId;
  }
}

/**
 * Whether `viewer` may know that this order exists: whoever may read it, and who moves orders. That an unpaid one cannot
 * be begun is what the kitchen is told of it (409, the contract).
 */
export function knowsOf(order: Seen, viewer: Viewer): boolean {
  return viewer.sees === "paid" || canSee(order, viewer);
}

/** Whether `viewer` is told that this order changed: the panel also hears what leaves the board. */
export function hearsOf(order: Seen, viewer: Viewer): boolean {
  return viewer.sees === "board" ? order.paidAt !== null : canSee(order, viewer);
}
