import { allow, type Decision, refuse } from "./decision.ts";
import { changeOrder, type Order } from "./order.ts";
import type { Payment } from "./payment.ts";

/**
 * How a dispute stands: `in_mediation` the buyer complained; `charged_back` the bank took the money and decides;
 * `settled` the seller lost it; `reimbursed` the seller got it back; `approved` the complaint was dropped.
 */
export const disputeOutcomes = ["in_mediation", "charged_back", "settled", "reimbursed", "approved"] as const;

/** One of `disputeOutcomes`. */
export type DisputeOutcome = (typeof disputeOutcomes)[number];

/** A dispute over one payment; there is at most one. Centavos, epoch ms. */
export type Chargeback = {
  id: number;
  userId: string;
  /** Number of the disputed payment, and the row it belongs to. */
  paymentNumber: number;
  target: string;
  amountCents: number;
  outcome: DisputeOutcome;
  createdMs: number;
  updatedMs: number;
};

const details = { charged_back: "in_process", settled: "settled", reimbursed: "reimbursed" } as const;

/** The buyer or the bank moves against a payment; only one that was paid and not fully returned can be disputed. */
export const disputePayment = (
  payment: Payment,
  move: { outcome: DisputeOutcome; nowMs: number },
): Decision<Payment, "not_disputable"> => {
  const { outcome, nowMs } = move;
  if (!["approved", "in_mediation", "charged_back"].includes(payment.status)) return refuse("not_disputable");
  if (outcome === "approved")
    return allow({ ...payment, status: "approved", statusDetail: "accredited", updatedMs: nowMs });
  if (outcome === "in_mediation")
    return allow({ ...payment, status: "in_mediation", statusDetail: "in_process", updatedMs: nowMs });
  return allow({ ...payment, status: "charged_back", statusDetail: details[outcome], updatedMs: nowMs });
};

/** The same for an order; a mere complaint leaves it `processed`. */
export const disputeOrder = (
  order: Order,
  move: { outcome: DisputeOutcome; nowMs: number },
): Decision<Order, "not_disputable"> => {
  const { outcome, nowMs: updatedMs } = move;
  if (order.status !== "processed" && order.status !== "charged_back") return refuse("not_disputable");
  if (outcome === "approved" || outcome === "in_mediation") {
    const statusDetail = outcome === "approved" ? "accredited" : "in_mediation";
    return allow(changeOrder(order, { status: "processed", statusDetail, updatedMs }));
  }
  return allow(changeOrder(order, { status: "charged_back", statusDetail: details[outcome], updatedMs }));
};

/** Whether the bank holds or keeps the money in this state. */
export const isMoneyTaken = (state: { status: string; statusDetail: string }): boolean =>
  state.status === "charged_back" && state.statusDetail !== "reimbursed";
