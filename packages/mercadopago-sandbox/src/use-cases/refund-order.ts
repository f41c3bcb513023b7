import { allow, type Decision, refuse } from "../domain/decision.ts";
import { centsOfText } from "../domain/money.ts";
import { type Order, type OrderRefund, type RefundRefusal, settleRefund, startRefund } from "../domain/order.ts";
import type { World } from "../world.ts";
import { saveOrder } from "./save-charge.ts";

/** Starts the refund of a paid order; it ends by itself a little later, and the seller is told then. */
export const refundOrder = (
  world: World,
  request: { order: Order; part?: { id: string; amount: string } | undefined },
): Decision<{ order: Order; refund: OrderRefund }, RefundRefusal> => {
  const { order, part } = request;
  const nowMs = world.clock.now();
  const id = world.ids.refund(nowMs);
  const decision = startRefund(order, {
    id,
    referenceId: world.ids.number(),
    nowMs,
    ...(part !== undefined && { part: { transactionId: part.id, amountCents: centsOfText(part.amount) } }),
  });
  if (!decision.ok) return decision;
  const refund = decision.value.refunds.find((started) => started.id === id);
  if (refund === undefined) return refuse("cannot_refund_order");
  if (order.type === "online") {
    // At a distance a refund is done when it is answered.
    const settled = saveOrder(world, settleRefund(decision.value, { refundId: id, outcome: "processed", nowMs }));
    return allow({ order: settled, refund: { ...refund, status: "processed" } });
  }
  world.tables.orders.put(order.id, decision.value);
  watchRefund(world, { order, refund, delayMs: world.faults.get().refund_delay_ms });
  return allow({ order: decision.value, refund });
};

/** Arranges the end of a refund that is under way. */
export const watchRefund = (world: World, work: { order: Order; refund: OrderRefund; delayMs: number }): void => {
  const { refund, order } = work;
  world.clock.at(refund.createdMs + work.delayMs, () => {
    const latest = world.tables.orders.get(order.id);
    if (latest?.refunds.find((started) => started.id === refund.id)?.status !== "processing") return;
    const outcome = world.faults.roll(world.faults.get().refund_failure_rate) ? "failed" : "processed";
    saveOrder(world, settleRefund(latest, { refundId: refund.id, outcome, nowMs: world.clock.now() }));
  });
};
