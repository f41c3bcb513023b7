import type { PaymentMethod } from "@comanda/contracts";
import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { OrderingDeps } from "./ordering-deps.ts";

export type TerminalRefusal = { readonly code: "payment-method-unavailable" | "terminal-busy" };

/**
 * Whether the card terminal beside the device can take this order's charge now; every other method can always. Asked
 * before anything is written, so that nobody gets an order that cannot be paid as they wished. When payment does not
 * answer, the wish is accepted like any other: the charge follows by itself, and says so when there is no terminal.
 */
export async function checkTerminal(
  { payments }: Pick<OrderingDeps, "payments">,
  wish: {
    readonly method: PaymentMethod;
    readonly deviceId: Id | null;
    /** The order whose own charge may be at the terminal: it makes room for itself. */
    readonly orderId: Id | null;
    readonly traceparent: string;
  },
): Promise<Result<null, TerminalRefusal>> {
  if (wish.method !== "terminal") return ok(null);
  const terminal = wish.deviceId === null ? "none" : await payments.findTerminal(wish.deviceId, wish.traceparent);
  if (terminal === "none") return refuse({ code: "payment-method-unavailable" });
  if (terminal === "no-answer" || terminal.busyWith === null || terminal.busyWith === wish.orderId) return ok(null);
  return refuse({ code: "terminal-busy" });
}
