import { ok, type Result, refuse } from "@comanda/primitives";
import { dropUnknownCharge, openCharge } from "../domain/new-attempt.ts";
import type { Charge, Order, ReleaseReason } from "../domain/order.ts";
import { settle } from "../domain/settle.ts";
import { changeOrder } from "./change-order.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

export type CloseRefusal = { readonly code: "payment-service-unavailable" | "charge-still-open" | "order-unknown" };

/**
 * Has payment close a charge and takes in what it says: closed, or paid in the last moment, which counts like any other payment.
 * With no answer nothing is known, and nobody may act as if the charge were closed (product §3.4, expiry race).
 * @returns the order as it is afterwards, without an open charge
 */
export async function closeCharge(
  deps: OrderingDeps,
  command: {
    readonly order: Order;
    readonly charge: Charge;
    readonly reason: ReleaseReason;
    readonly traceparent: string | null;
  },
): Promise<Result<Order, CloseRefusal>> {
  const { order, charge, reason, traceparent } = command;
  const { paymentId } = charge;
  const answer = await deps.payments.closeCharge(paymentId, traceparent, reason);
  if (answer.kind === "no-answer") return refuse({ code: "payment-service-unavailable" });
  const closed = await changeOrder<never>(deps.store, order.id, {
    traceparent,
    announce: deps.announce,
    answered: [paymentId],
    decide: (present) => {
      if (answer.kind === "snapshot") return ok(settle(present, answer.snapshot, deps.clock.now()));
      const isOpen = openCharge(present)?.paymentId === paymentId;
      return ok(isOpen ? dropUnknownCharge(present, { paymentId, now: deps.clock.now() }) : null);
    },
  });
  if (!closed.ok) return closed;
  return openCharge(closed.value) === null ? closed : refuse({ code: "charge-still-open" });
}
