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
  /** How long after that it may still be so, in ms. */
  readonly limitMs: number;
};

export type UnsettledKind =
  | "order waits"
  | "money of order"
  | "event"
  | "open charge"
  | "refund"
  | "failed refund"
  | "still payable"
  | "unknown money"
  | "at the provider";

/** I9: a minute. */
const MINUTE_MS = 60_000;
/** The provider's own doing: a card that is found to have been charged after all takes it ten minutes. */
const PROVIDER_MS = 11 * MINUTE_MS;
/**
 * Money that came where nobody waited for it, and whose notice was lost, is found at the next look of the plan
 * (check-plan.ts), which come the more seldom the longer it has ended: written down a second time on purpose.
 */
const HIDDEN = {
  afterNothing: { leastMs: 95_000, timesAge: 1.6 },
  afterMoney: { leastMs: 385_000, timesAge: 4.5 },
} as const;

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
    ...orderTables.outbox.flatMap((row) => ofEvent(truth, row)),
    ...all(chargeTables).flatMap((charge) => ofCharge(truth, history, charge)),
    ...bank.orders.flatMap((order) => ofBank(truth, order)),
  ];
}

function item(kind: UnsettledKind, since: number, what: string): Unsettled {
  return { kind, what, since, limitMs: kind === "at the provider" ? PROVIDER_MS : MINUTE_MS };
}

function ofOrder(truth: Truth, order: Order): readonly Unsettled[] {
  const { id, status, paymentStatus, expiresAt } = order;
  const isWaiting = status === "requested";
  const since = Math.max(sinceOfOrder(truth, id), isWaiting ? expiresAt.getTime() : 0);
  return [
    ...(isWaiting ? [item("order waits", since, `order ${id} still waits for money`)] : []),
    ...(TRANSIENT_PAYMENTS.includes(paymentStatus)
      ? [item("money of order", since, `order ${id} is ${paymentStatus}`)]
      : []),
  ];
}

/** What order has to say to payment may have to wait for a terminal's answer, or for the charge's own end. */
function ofEvent(truth: Truth, row: Truth["orderTables"]["outbox"][number]): readonly Unsettled[] {
  const { id, subject, sentAt, parkedAt, createdAt } = row;
  if (sentAt !== null || parkedAt !== null) return [];
  return [item("event", Math.max(createdAt, sinceOfOrder(truth, subject)), `event ${id} of order waits`)];
}

function ofCharge({ bank }: Truth, { givenUp }: History, charge: Charge): readonly Unsettled[] {
  const left: Unsettled[] = [];
  const { id, status, refunds, unsent } = charge;
  const since = sinceOf(bank, charge);
  if (TRANSIENT_CHARGES.includes(status)) left.push(item("open charge", since, `charge ${id} is ${status}`));
  for (const refund of refunds) {
    if (isUnderWay(refund)) left.push(item("refund", since, `refund ${refund.id} is ${refund.status}`));
    const isHopeless = isTakenByBank(bank, charge, refund) || isForbiddenByTip(bank, charge, refund);
    if (needsRetry(charge, refund) && !givenUp.has(refund.id) && !isHopeless) {
      left.push(item("failed refund", since, `refund ${refund.id} failed and waits for people`));
    }
  }
  if (unsent.some(({ parkedAt }) => parkedAt === null)) {
    left.push(item("event", since, `charge ${id} has something to say`));
  }
  const { heldCents } = balanceOf(charge);
  const keptCents = keptUnder(bank, [id]);
  if (charge.provider !== "counter" && !isChargedBack(bank, id) && heldCents !== keptCents) {
    const what = `the books of charge ${id} say ${heldCents}, the provider holds ${keptCents}`;
    left.push(isOpen(status) ? item("unknown money", since, what) : hidden(bank, charge, what));
  }
  return left;
}

function hidden(bank: Bank, charge: Charge, what: string): Unsettled {
  const endedAt = charge.entries.findLast(({ detail }) => detail["status"] === charge.status)?.at ?? charge.createdAt;
  const cameAt = Math.max(0, ...bank.ofReference(charge.id).map(touchedAt));
  const { leastMs, timesAge } = charge.approvedAt === null ? HIDDEN.afterNothing : HIDDEN.afterMoney;
  const limitMs = Math.max(leastMs, timesAge * (cameAt - endedAt.getTime()));
  return { kind: "unknown money", what, since: Math.max(cameAt, endedAt.getTime()), limitMs };
}

function ofBank({ chargeTables }: Truth, order: Bank["orders"][number]): readonly Unsettled[] {
  const { reference, kind, status, payments, expiresAt } = order;
  const left: Unsettled[] = [];
  const charge = chargeTables.charges.get(reference)?.charge;
  const isPayable = kind !== "link" && (status === "created" || status === "at_terminal");
  const since = touchedAt(order);
  if (isPayable && (charge === undefined || !TRANSIENT_CHARGES.includes(charge.status))) {
    left.push(item("still payable", Math.max(since, expiresAt), `the ${kind} of ${reference} can still be paid`));
  }
  for (const { status: state, refunds } of payments) {
    const isOnItsWay = state === "pending" || refunds.some((refund) => refund.status === "in_process");
    if (isOnItsWay || state === "in_mediation") {
      left.push(item("at the provider", since, `money of ${reference} is on its way`));
    }
  }
  return left;
}

function sinceOfOrder({ bank, chargeTables }: Truth, orderId: string): number {
  const own = all(chargeTables).filter((charge) => charge.orderId === orderId);
  return Math.max(0, ...own.map((charge) => sinceOf(bank, charge)));
}

/** The last of: what the provider did about it, that we heard of it, what was asked, and its own end while it is open. */
function sinceOf(bank: Bank, { id, status, expiresAt, approvedAt, refunds }: Charge): number {
  return Math.max(
    0,
    ...bank.ofReference(id).map(touchedAt),
    ...refunds.map(({ requestedAt }) => requestedAt.getTime()),
    approvedAt?.getTime() ?? 0,
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
