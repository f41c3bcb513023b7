import { type Caller, type Grant, houseProblem } from "@comanda/service-kit";
import type { Actor, ActorRole, Channel, Order } from "../domain/order.ts";
import type { Viewer } from "../domain/visibility.ts";

/** Who may order (the contract). */
export const ORDERERS = ["customer", "device:kiosk", "cashier"] as const satisfies readonly Grant[];

/** Who may call an order off or choose another way to pay: its guest, and the counter. */
export const ORDER_KEEPERS = [
  "customer",
  "device:kiosk",
  "cashier",
  "manager",
  "admin",
] as const satisfies readonly Grant[];

/** What this caller sees of orders. */
export function viewerOf(caller: Caller): Viewer {
  const { id, role, kind, level, tokenId } = caller;
  switch (role) {
    case "customer":
      return level === "identified"
        ? { sees: "session", sessionId: tokenId, view: "full" }
        : { sees: "customer", customerId: id, view: "full" };
    case "device":
      if (kind === "kiosk") return { sees: "kiosk", deviceId: id, view: "full" };
      if (kind === "panel") return { sees: "board", view: "panel" };
      return kind === "kitchen" ? { sees: "paid", view: "kitchen" } : { sees: "all", view: "full" };
    case "kitchen":
      return { sees: "paid", view: "kitchen" };
    case "cashier":
    case "manager":
    case "admin":
    case "service":
      return { sees: "all", view: "full" };
  }
}

/** Whose an order of this caller is; `viewerOf` of the same token sees it, from then on and for good. */
export function ownerOf(caller: Caller): Pick<Order, "customerId" | "sessionId" | "placedBy" | "channel"> {
  const isCustomer = caller.role === "customer";
  return {
    channel: channelOf(caller),
    customerId: isCustomer ? caller.id : null,
    // A CPF is no secret: what was ordered by one is read with this very token only, not even by the account (docs/adr/0029).
    sessionId: isCustomer && caller.level === "identified" ? caller.tokenId : null,
    placedBy: caller.id,
  };
}

/**
 * The caller as the table of transitions knows it.
 * @throws TypeError for a caller that the route's access should have kept out
 */
export function actorOf(caller: Caller): Actor {
  return { role: actorRoleOf(caller), id: caller.id };
}

function actorRoleOf({ role, kind }: Caller): ActorRole {
  if (role === "device" && kind === "kiosk") return "kiosk";
  if (role === "device" && kind === "kitchen") return "kitchen";
  if (role === "device" || role === "service")
    throw new TypeError(`a ${role} moves no order; check the route's access`);
  return role;
}

/** Where the order is given, by who sends it. */
function channelOf({ role }: Caller): Channel {
  if (role === "customer") return "phone";
  return role === "device" ? "kiosk" : "counter";
}

/**
 * The paired device at which an order is paid. It is in the token of the device, and of a guest whom it brought here;
 * staff, who carry their token from screen to screen, may name another.
 * @throws HttpProblem 403 when a guest or a totem names a device that is not theirs
 */
export function deviceIdOf({ role, deviceId }: Caller, named: string | undefined): string | null {
  const wanted = named?.toLowerCase();
  const isStaff = role !== "customer" && role !== "device";
  if (wanted !== undefined && !isStaff && wanted !== deviceId) throw houseProblem("forbidden");
  return wanted ?? deviceId;
}

/** A guest, by their own phone or at a totem. */
export function isGuest({ role, kind }: Caller): boolean {
  return role === "customer" || (role === "device" && kind === "kiosk");
}
