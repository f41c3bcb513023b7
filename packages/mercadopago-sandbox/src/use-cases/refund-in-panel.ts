import { allow, type Decision, refuse } from "../domain/decision.ts";
import { textOfCents } from "../domain/money.ts";
import type { World } from "../world.ts";
import { findById } from "./find-charge.ts";
import { refundOrder } from "./refund-order.ts";
import { startPaymentRefund } from "./refund-payment.ts";

/** A refund made by hand in Mercado Pago's own panel: no request of the seller's system asked for it. */
export const refundInPanel = (
  world: World,
  request: { id: string; amountCents?: number },
): Decision<{ refundId: string; amountCents: number }, "unknown" | "not_refundable"> => {
  const { amountCents } = request;
  const charge = findById(world, request.id);
  switch (charge?.kind) {
    case "order": {
      const { order } = charge;
      const part = amountCents === undefined ? undefined : { id: order.paymentId, amount: textOfCents(amountCents) };
      const decision = refundOrder(world, { order, part });
      if (!decision.ok) return refuse("not_refundable", [decision.code]);
      return allow({ refundId: decision.value.refund.id, amountCents: decision.value.refund.amountCents });
    }
    case "payment": {
      const decision = startPaymentRefund(world, { payment: charge.payment, amountCents });
      if (!decision.ok) return refuse("not_refundable", [decision.code]);
      const refund = decision.value.refunds.at(-1);
      return allow({ refundId: String(refund?.id), amountCents: refund?.amountCents ?? 0 });
    }
    default:
      return refuse("unknown");
  }
};
