import type { Decision } from "../domain/decision.ts";
import { type Payment, type PaymentRefund, refundPayment, settlePaymentRefund } from "../domain/payment.ts";
import type { World } from "../world.ts";
import { savePayment } from "./save-charge.ts";

/** Gives money of a payment back: at once, or a while later where `payment_refund_delay_ms` says so. */
export const startPaymentRefund = (
  world: World,
  request: { payment: Payment; amountCents?: number | undefined },
): Decision<Payment, "not_refundable" | "already_refunded" | "bad_amount" | "amount_exceeds"> => {
  const { payment, amountCents } = request;
  const delayMs = world.faults.get().payment_refund_delay_ms;
  const id = world.ids.number();
  const decision = refundPayment(payment, {
    id,
    nowMs: world.clock.now(),
    isSlow: delayMs > 0,
    ...(amountCents !== undefined && { amountCents }),
  });
  if (!decision.ok) return decision;
  const saved = savePayment(world, { payment: decision.value, action: "payment.updated" });
  const refund = saved.refunds.find((started) => started.id === id);
  if (refund?.status === "in_process") watchPaymentRefund(world, { payment: saved, refund, delayMs });
  return { ...decision, value: saved };
};

/** Arranges the end of a refund that is under way. */
export const watchPaymentRefund = (
  world: World,
  work: { payment: Payment; refund: PaymentRefund; delayMs: number },
): void => {
  const { payment, refund, delayMs } = work;
  world.clock.at(refund.createdMs + delayMs, () => {
    const latest = world.tables.payments.get(String(payment.id));
    if (latest?.refunds.find(({ id }) => id === refund.id)?.status !== "in_process") return;
    const outcome = world.faults.roll(world.faults.get().refund_failure_rate) ? "rejected" : "approved";
    const settled = settlePaymentRefund(latest, { id: refund.id, outcome, nowMs: world.clock.now() });
    savePayment(world, { payment: settled, action: "payment.updated" });
  });
};
