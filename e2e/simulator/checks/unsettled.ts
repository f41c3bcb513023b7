import type { ChargeStatus, OrderPaymentStatus } from "@comanda/contracts";
import type { Order } from "../../../services/order/src/domain/order.ts";
import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import { balanceOf } from "../../../services/payment/src/domain/ledger.ts";
import { isOpen, isUnderWay } from "../../../services/payment/src/domain/transitions.ts";
import { isForbiddenByTip, isTakenByBank, needsRetry } from "../actors/wishes.ts";
import { type Bank, keptUnder } from "../provider/bank.ts";
import { all } from "../stores/charge-tables.ts";
import type { History, Truth } from "./truth.ts";

/** Something that has not come to its end yet. */
export type Unsettled = {
  readonly kind: UnsettledKind;
  readonly what: string;
  /** The last moment at which something happened that it has to follow: until then it could not be over. Simulated ms. */
  readonly since: number;
};

export type UnsettledKind =
  | "order waits"
  | "money of order"
  | "event"
  | "open charge"
  | "refund"
  | "failed refund"
  | "unknown money"
  | "still payable"
  | "at the provider";

const TRANSIENT_PAYMENTS: readonly OrderPaymentStatus[] = [
  "pending",
  "awaiting_payment",
  "in_process",
  "refund_pending",
];
const TRANSIENT_CHARGES: readonly ChargeStatus[] = ["created", "pending", "in_process", "refund_pending", "in_dispute"];

/** What has not come to its end yet (I9). */
export function unsettled(truth: Truth, history: History): readonly Unsettled[] {
  const { orderTables, chargeTables, bank } = truth;
  return [
    ...[...orderTables.orders.values()].flatMap((order) => ofOrder(truth, order)),
    ...orderTables.outbox
      .filter(({ sentAt, parkedAt }) => sentAt === null && parkedAt === null)
      .map(({ id, createdAt }) => ({ kind: "event", what: `event ${id} of order waits`, since: createdAt }) as const),
    ...all(chargeTables).flatMap((charge) => ofCharge(truth, history, charge)),
    ...bank.orders.flatMap((order) => ofBank(truth, order)),
  ];
}

function ofOrder({ bank, chargeTables }: Truth, order: Order): readonly Unsettled[] {
  const { id, status, paymentStatus, charges, expiresAt } = order;
  const times = charges.map(({ paymentId }) => {
    const charge = chargeTables.charges.get(paymentId)?.charge;
    return charge === undefined ? 0 : sinceOf(bank, charge);
  });
  const since = Math.max(0, ...times);
  const isWaiting = status === "requested";
  const end = isWaiting ? Math.max(since, expiresAt.getTime()) : since;
  return [
    ...(isWaiting ? [{ kind: "order waits", what: `order ${id} still waits for money`, since: end } as const] : []),
    ...(TRANSIENT_PAYMENTS.includes(paymentStatus)
      ? [{ kind: "money of order", what: `order ${id} is ${paymentStatus}`, since: end } as const]
      : []),
  ];
}

function ofCharge({ bank }: Truth, { givenUp }: History, charge: Charge): readonly Unsettled[] {
  const left: Unsettled[] = [];
  const { id, status, refunds, unsent } = charge;
  const since = sinceOf(bank, charge);
  if (TRANSIENT_CHARGES.includes(status)) left.push({ kind: "open charge", what: `charge ${id} is ${status}`, since });
  for (const refund of refunds) {
    if (isUnderWay(refund)) left.push({ kind: "refund", what: `refund ${refund.id} is ${refund.status}`, since });
    const isHopeless = isTakenByBank(bank, charge, refund) || isForbiddenByTip(bank, charge, refund);
    if (needsRetry(charge, refund) && !givenUp.has(refund.id) && !isHopeless)
      left.push({ kind: "failed refund", what: `refund ${refund.id} failed and waits for people`, since });
  }
  for (const { parkedAt, at } of unsent) {
    if (parkedAt === null) left.push({ kind: "event", what: `charge ${id} has something to say`, since: at.getTime() });
  }
  const { heldCents } = balanceOf(charge);
  const keptCents = keptUnder(bank, [id]);
  if (charge.provider !== "counter" && !isChargedBack(bank, id) && heldCents !== keptCents) {
    const what = `the books of charge ${id} say ${heldCents}, the provider holds ${keptCents}`;
    left.push({ kind: "unknown money", what, since });
  }
  return left;
}

function ofBank({ chargeTables }: Truth, order: Bank["orders"][number]): readonly Unsettled[] {
  const { reference, kind, status, payments, expiresAt } = order;
  const left: Unsettled[] = [];
  const charge = chargeTables.charges.get(reference)?.charge;
  const isPayable = kind !== "link" && (status === "created" || status === "at_terminal");
  const since = touchedAt(order);
  if (isPayable && (charge === undefined || !TRANSIENT_CHARGES.includes(charge.status))) {
    const end = Math.max(since, expiresAt);
    left.push({ kind: "still payable", what: `the ${kind} of ${reference} can still be paid`, since: end });
  }
  for (const { status: state, refunds } of payments) {
    const isOnItsWay = state === "pending" || refunds.some((refund) => refund.status === "in_process");
    if (isOnItsWay || state === "in_mediation") {
      left.push({ kind: "at the provider", what: `money of ${reference} is on its way`, since });
    }
  }
  return left;
}

/** The last of: what the provider did about it, what was asked of it, and its own end while it is open. */
function sinceOf(bank: Bank, { id, status, expiresAt, refunds }: Charge): number {
  return Math.max(
    0,
    ...bank.ofReference(id).map(touchedAt),
    ...refunds.map(({ requestedAt }) => requestedAt.getTime()),
    isOpen(status) && expiresAt !== null ? expiresAt.getTime() : 0,
  );
}

function touchedAt({ updatedAt, payments }: Bank["orders"][number]): number {
  return Math.max(updatedAt, ...payments.map((payment) => payment.updatedAt));
}

/** A chargeback is only known by its notice, and that may be lost for ever: such money is not counted. */
function isChargedBack(bank: Bank, reference: string): boolean {
  return bank.ofReference(reference).some(({ payments }) => payments.some(({ status }) => status === "charged_back"));
}
