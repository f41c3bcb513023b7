import { isMoneyTaken } from "./domain/chargeback.ts";
import { type Order, paidCentsOf, returnedCents } from "./domain/order.ts";
import { type Payment, refundedCents, refundingCents, refundStatusOf } from "./domain/payment.ts";
import type { World } from "./world.ts";

/** One charge the sandbox holds: an order, or a payment of the classic family. Centavos. */
export type LedgerCharge = {
  kind: "order" | "payment";
  id: string;
  external_reference: string | null;
  preference_id: string | null;
  status: string;
  status_detail: string;
  version: number | null;
  amount_cents: number;
  paid_cents: number;
  /** Gone back for good. */
  refunded_cents: number;
  /** On its way back. */
  refunding_cents: number;
  /** Held or kept by the bank in a dispute. */
  charged_back_cents: number;
  times_paid: number;
  refused_attempts: number;
  payment_id: string | null;
  created_at: string;
  paid_at: string | null;
  refunds: { id: string; amount_cents: number; status: string }[];
};

/** Everything the sandbox holds, or what belongs to one external reference, and what it sums up to. */
export const ledgerOf = (world: World, filter: { external_reference?: string }) => {
  const wanted = filter.external_reference;
  const charges =
    wanted === undefined
      ? [...[...world.tables.orders.values()].map(orderRow), ...[...world.tables.payments.values()].map(paymentRow)]
      : world.sellers
          .all()
          .flatMap(({ userId }) => [
            ...world.indexes.ordersByReference(`${userId} ${wanted}`).map(orderRow),
            ...world.indexes.paymentsByReference(`${userId} ${wanted}`).map(paymentRow),
          ]);
  return { now: new Date(world.clock.now()).toISOString(), totals: totalsOf(charges), charges };
};

const totalsOf = (charges: LedgerCharge[]) => {
  const sum = (pick: (charge: LedgerCharge) => number) => charges.reduce((total, charge) => total + pick(charge), 0);
  const paidByReference = new Map<string, number>();
  for (const { external_reference: reference, times_paid: times } of charges)
    if (reference !== null && times > 0) paidByReference.set(reference, (paidByReference.get(reference) ?? 0) + times);
  const chargedBack = sum((charge) => charge.charged_back_cents);
  const [paidCents, refunded] = [sum((charge) => charge.paid_cents), sum((charge) => charge.refunded_cents)];
  return {
    charges: charges.length,
    paid: sum((charge) => charge.times_paid),
    refunds: sum((charge) => charge.refunds.length),
    paid_cents: paidCents,
    refunded_cents: refunded,
    refunding_cents: sum((charge) => charge.refunding_cents),
    charged_back_cents: chargedBack,
    net_cents: paidCents - refunded - chargedBack,
    references_paid_more_than_once: [...paidByReference]
      .filter(([, times]) => times > 1)
      .map(([reference]) => reference),
  };
};

const orderRow = (order: Order): LedgerCharge => {
  const refundingCents = order.refunds.reduce((sum, r) => (r.status === "processing" ? sum + r.amountCents : sum), 0);
  return {
    kind: "order",
    id: order.id,
    external_reference: order.externalReference,
    preference_id: null,
    status: order.status,
    status_detail: order.statusDetail,
    version: order.version,
    amount_cents: order.amountCents,
    paid_cents: paidCentsOf(order),
    refunded_cents: returnedCents(order) - refundingCents,
    refunding_cents: refundingCents,
    charged_back_cents: isMoneyTaken(order) ? paidCentsOf(order) - returnedCents(order) : 0,
    times_paid: order.paid === null ? 0 : 1,
    refused_attempts: order.refusedAttempts,
    payment_id: order.paid === null ? null : String(order.paid.referenceId),
    created_at: new Date(order.createdMs).toISOString(),
    paid_at: order.paid === null ? null : new Date(order.paid.paidMs).toISOString(),
    refunds: order.refunds.map(({ id, amountCents, status }) => ({ id, amount_cents: amountCents, status })),
  };
};

const paymentRow = (payment: Payment): LedgerCharge => ({
  kind: "payment",
  id: String(payment.id),
  external_reference: payment.externalReference,
  preference_id: payment.preferenceId,
  status: payment.status,
  status_detail: payment.statusDetail,
  version: null,
  amount_cents: payment.amountCents,
  paid_cents: payment.approvedMs === null ? 0 : payment.amountCents,
  refunded_cents: refundedCents(payment),
  refunding_cents: refundingCents(payment),
  charged_back_cents: isMoneyTaken(payment) ? payment.amountCents - refundedCents(payment) : 0,
  times_paid: payment.approvedMs === null ? 0 : 1,
  refused_attempts: payment.status === "rejected" ? 1 : 0,
  payment_id: String(payment.id),
  created_at: new Date(payment.createdMs).toISOString(),
  paid_at: payment.approvedMs === null ? null : new Date(payment.approvedMs).toISOString(),
  refunds: payment.refunds.map((refund) => ({
    id: String(refund.id),
    amount_cents: refund.amountCents,
    status: refundStatusOf(refund),
  })),
});
