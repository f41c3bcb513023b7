import { allow, type Decision, refuse } from "../domain/decision.ts";
import { answerChallenge } from "../domain/online-order.ts";
import { type Order, orderActions, type PaidWith, payOrder } from "../domain/order.ts";
import { type Payment, resolvePayment } from "../domain/payment.ts";
import type { World } from "../world.ts";
import type { Charge } from "./find-charge.ts";
import { startCheckoutPix } from "./online-orders.ts";
import { payPreference } from "./pay-preference.ts";
import { saveOrder, savePayment } from "./save-charge.ts";

/** What the buyer does on the phone. */
export type Outcome = "approved" | "rejected" | "pending";

/** What became of it; `status` is the charge's, in the words of its family. */
export type PayResult = {
  kind: Charge["kind"];
  id: string;
  status: string;
  status_detail: string;
  external_reference: string | null;
  amount_cents: number;
  payment_id: string | null;
};

/** Why the phone says no. */
export type PayRefusal = "already_paid" | "canceled" | "expired" | "rejected" | "not_yet" | "pending_not_possible";

/** Pays, or fails to pay, what a code or link stands for. A refused QR order stays open, as at Mercado Pago. */
export const payCharge = (
  world: World,
  attempt: {
    charge: Charge;
    outcome: Outcome;
    paidWith?: PaidWith;
    /** Pays another amount than was asked, centavos. */
    amountCents?: number;
    /** Money arrives for an order although its time is over. */
    isLate?: boolean;
  },
): Decision<PayResult, PayRefusal> => {
  const { charge, outcome } = attempt;
  const paidWith = attempt.paidWith ?? { methodId: "account_money", methodType: "account_money" };
  switch (charge.kind) {
    case "order":
      return payOpenOrder(world, { ...attempt, order: charge.order, outcome, paidWith });
    case "payment": {
      if (outcome === "pending") return refuse("pending_not_possible");
      const { amountCents = charge.payment.amountCents } = attempt;
      const decision = resolvePayment({ ...charge.payment, amountCents }, { outcome, nowMs: world.clock.now() });
      if (!decision.ok) return decision;
      const payment = savePayment(world, { payment: decision.value, action: "payment.updated" });
      closePreference(world, payment);
      return allow(paymentResult("payment", payment));
    }
    case "preference": {
      const decision = payPreference(world, { preference: charge.preference, outcome });
      return decision.ok ? allow(paymentResult("preference", decision.value)) : decision;
    }
  }
};

const payOpenOrder = (
  world: World,
  attempt: { order: Order; outcome: Outcome; paidWith: PaidWith; amountCents?: number; isLate?: boolean },
): Decision<PayResult, PayRefusal> => {
  const { order, outcome, amountCents, isLate = false } = attempt;
  const nowMs = world.clock.now();
  if (order.type === "online" && order.statusDetail === "pending_challenge" && outcome !== "pending") {
    const answer = { isPassed: outcome === "approved", nowMs, referenceId: world.ids.number() };
    return allow(orderResult(saveOrder(world, answerChallenge(order, answer))));
  }
  const isAtCheckout = order.type === "online" && order.method === null && orderActions(order).includes("pay");
  if (isAtCheckout && outcome === "pending") return allow(orderResult(startCheckoutPix(world, order)));
  if (outcome === "pending") return refuse("pending_not_possible");
  const { paidWith } = attempt;
  const paid = {
    ...paidWith,
    paidMs: nowMs,
    referenceId: world.ids.number(),
    ...(amountCents !== undefined && amountCents !== order.amountCents && { paidCents: amountCents }),
  };
  const decision = payOrder(order, paid, { isLate });
  if (!decision.ok) return decision;
  if (outcome === "approved") {
    const paymentId = order.paymentId || world.ids.payment(nowMs);
    return allow(orderResult(saveOrder(world, { ...decision.value, paymentId })));
  }
  const refused = { ...order, refusedAttempts: order.refusedAttempts + 1 };
  // Sellers never hear of a refused attempt: no new version, no notification.
  world.tables.orders.put(order.id, refused);
  return allow(orderResult(refused));
};

/** A pending Pix of a link that gets paid closes the link. */
const closePreference = (world: World, payment: Payment) => {
  const preference = payment.preferenceId === null ? undefined : world.tables.preferences.get(payment.preferenceId);
  if (preference === undefined || payment.status !== "approved" || preference.paidMs !== null) return;
  world.tables.preferences.put(preference.id, { ...preference, paidMs: payment.approvedMs });
};

const orderResult = (order: Order): PayResult => ({
  kind: "order",
  id: order.id,
  status: order.status,
  status_detail: order.statusDetail,
  external_reference: order.externalReference,
  amount_cents: order.amountCents,
  payment_id: order.paid === null ? null : String(order.paid.referenceId),
});

const paymentResult = (kind: "payment" | "preference", payment: Payment): PayResult => ({
  kind,
  id: kind === "preference" && payment.preferenceId !== null ? payment.preferenceId : String(payment.id),
  status: payment.status,
  status_detail: payment.statusDetail,
  external_reference: payment.externalReference,
  amount_cents: payment.amountCents,
  payment_id: String(payment.id),
});
