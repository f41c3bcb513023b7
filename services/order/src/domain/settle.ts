import type { ChargeDetail, ChargeStatus, OrderStatus, PaymentMethod } from "@comanda/contracts";
import { addSeconds, type Cents, type Id } from "@comanda/primitives";
import { type ChargeState, chargeState } from "./charge-state.ts";
import {
  type Change,
  type Charge,
  currentCharge,
  type FeedEntry,
  type Order,
  type PaymentWish,
  type ReleaseReason,
} from "./order.ts";
import { isAllReturned, paymentStatusOf } from "./payment-status.ts";

/** A charge as payment describes it. */
export type ChargeSnapshot = {
  readonly paymentId: Id;
  readonly orderId: Id;
  readonly attempt: number;
  readonly status: ChargeStatus;
  readonly method: PaymentMethod;
  readonly amountCents: Cents;
  readonly refundedCents: Cents;
  /** `null` when payment does not say: then all that is left is taken to be on its way. */
  readonly refundingCents: Cents | null;
  readonly qrCode: string | null;
  readonly paymentLink: string | null;
  readonly detail: ChargeDetail | null;
  readonly expiresAt: Date | null;
  readonly approvedAt: Date | null;
  readonly version: number;
};

/** Payment's word, and whether it was the clock that ended the order: known only where {@link mayBeHonoured} asks. */
type Told = ChargeSnapshot & { readonly isClockToBlame?: boolean };

/** What payment's word on one charge means for its order. */
export type Settlement =
  | { readonly kind: "note" }
  | { readonly kind: "pay" }
  | { readonly kind: "release"; readonly reason: ReleaseReason }
  | { readonly kind: "cancel" }
  | { readonly kind: "refund" };

/** How the order stands, as far as money is concerned. */
type Side = "waiting" | "served" | "over" | "refunded";

const SIDES: Readonly<Record<OrderStatus, Side>> = {
  requested: "waiting",
  paid: "served",
  preparing: "served",
  ready_for_pickup: "served",
  out_for_delivery: "served",
  delivered: "served",
  unclaimed: "served",
  cancelled: "over",
  rejected: "over",
  refunded: "refunded",
};

/** The facts of one charge that decide, beside the two statuses. */
export type ChargeFacts = {
  /** Its money is what made the order paid. */
  readonly isPayer: boolean;
  /** It is the attempt that counts. */
  readonly isCurrent: boolean;
  /** Its amount is the order's, to the centavo. */
  readonly isExact: boolean;
  /** Some of it neither went back nor is on its way. */
  readonly isPartLeft: boolean;
  /** The bank had taken it back, and gave it up again. */
  readonly isWonBack: boolean;
  /** It came late, to an order that only the clock had ended, and soon enough to be served (T21). */
  readonly isHonoured: boolean;
  /** Something had kept it from going back whole, and does not any more: a dispute, or a refund of a part. */
  readonly isFreed?: boolean;
  /** It was asked back, and that failed: people were told, and say when it is tried again (product §3.4). */
  readonly hasRefundFailed?: boolean;
};

/** Money this late is still honoured, in seconds (T21). */
export const HONOURED_S = 300;

const NOTE: Settlement = { kind: "note" };

/**
 * Every order status × every charge status has its answer here (reliability EV-15): first approved wins, whatever comes
 * beside or after it goes back; a charge that nobody waits for is closed; an order whose money went back before anything
 * was started is cancelled; an order that ended is `refunded` once all the money is back.
 */
export function settlementOf(orderStatus: OrderStatus, chargeStatus: ChargeStatus, facts: ChargeFacts): Settlement {
  const side = SIDES[orderStatus];
  const state = chargeState(chargeStatus);
  if (state === "held") return ofMoney(side, chargeStatus, facts);
  if (state === "open") return ofOpenCharge(side, orderStatus, facts);
  if (state === "returning") return ofMoneyLeaving(side, facts);
  if (state === "returned" && isCalledOff(orderStatus, facts)) return { kind: "cancel" };
  return ofEndedCharge(side, state, chargeStatus);
}

function ofMoney(side: Side, status: ChargeStatus, facts: ChargeFacts): Settlement {
  // What is still here after a dispute or a refund of a part belongs to nobody's order: it was asked back while that
  // could not be done.
  if (facts.isFreed === true && status !== "in_dispute") {
    if (side === "over") return { kind: "release", reason: "order_cancelled" };
    // Another charge paid for what is being made: this one came beside it, and what is left of it goes back as well.
    if (side === "served" && !facts.isPayer) return { kind: "release", reason: "paid_twice" };
  }
  // It was called off for want of this money; the guest has not eaten, and so does not pay either.
  if (facts.isPayer) return facts.isWonBack && side === "over" ? { kind: "release", reason: "order_cancelled" } : NOTE;
  // Disputed money is fought for at the provider, and a partial refund is somebody's decision: both stay as they are.
  // Whoever hears of them first has missed that the money came (product I8).
  if (status !== "approved") return side === "waiting" && facts.isExact ? { kind: "pay" } : NOTE;
  if (facts.isHonoured) return { kind: "pay" };
  if (side === "waiting") return facts.isExact ? { kind: "pay" } : { kind: "release", reason: "wrong_amount" };
  if (facts.hasRefundFailed === true) return NOTE;
  return { kind: "release", reason: side === "served" ? "paid_twice" : "paid_too_late" };
}

/** A part of it leaves, and nobody heard that it had come (product I8). All of it leaving is no reason to cook. */
function ofMoneyLeaving(side: Side, facts: ChargeFacts): Settlement {
  return side === "waiting" && facts.isExact && facts.isPartLeft ? { kind: "pay" } : NOTE;
}

/**
 * Nothing is cooked for money that went back, to the guest or by the bank (I3); an order that nobody has started is
 * called off. So is one that had not even heard that the money came: in their order the two words would have done the
 * same (product I8). What was started stays as it is (T22).
 */
function isCalledOff(orderStatus: OrderStatus, facts: ChargeFacts): boolean {
  return (orderStatus === "paid" && facts.isPayer) || (orderStatus === "requested" && facts.isExact);
}

function ofOpenCharge(side: Side, orderStatus: OrderStatus, facts: ChargeFacts): Settlement {
  if (side === "waiting") return facts.isCurrent ? NOTE : { kind: "release", reason: "method_changed" };
  if (side === "served") return { kind: "release", reason: "method_changed" };
  return { kind: "release", reason: orderStatus === "rejected" ? "order_rejected" : "order_cancelled" };
}

function ofEndedCharge(side: Side, state: ChargeState, status: ChargeStatus): Settlement {
  // Handed-over food is not taken back by a refund: only an order that ended becomes `refunded` (T20, T22).
  return side === "over" && state === "returned" && status === "refunded" ? { kind: "refund" } : NOTE;
}

/**
 * The order after payment's word. `null` when the word is older than what is known; the same word twice is older, too.
 * @throws RangeError for a charge that is not the order's: nothing in the house makes one
 */
export function settle(before: Order, snapshot: Told, now: Date): Change | null {
  const known = before.charges.find(({ paymentId }) => paymentId === snapshot.paymentId);
  if (known === undefined) throw new RangeError("payment spoke of a charge that is not this order's");
  if (snapshot.version <= known.version) return null;

  const charges = before.charges.map((charge) => (charge === known ? chargeAfter(known, snapshot) : charge));
  const settlement = settlementOf(before.status, snapshot.status, {
    isPayer: before.paidBy === known.paymentId,
    isCurrent: currentCharge(before) === known,
    isExact: snapshot.amountCents === before.totalCents,
    isWonBack: known.status === "charged_back",
    isPartLeft: snapshot.refundedCents + refundingCentsOf(snapshot) < snapshot.amountCents,
    isHonoured: snapshot.isClockToBlame === true && mayBeHonoured(before, snapshot, now),
    // A refund that failed frees nothing: then people decide, instead of asking for ever.
    hasRefundFailed: known.status === "refund_pending",
    isFreed: ["in_dispute", "charged_back"].includes(known.status) || snapshot.refundedCents > known.refundedCents,
  });
  const status = statusAfter({ ...before, charges }, settlement);
  const paying = settlement.kind === "pay" ? { paidBy: known.paymentId, paidAt: now } : {};
  const next: Order = { ...before, ...paying, status, charges, paymentStatus: paymentStatusOf({ status, charges }) };
  const isSeen = status !== before.status || next.paymentStatus !== before.paymentStatus || showsOther(known, snapshot);
  const order = isSeen ? { ...next, version: before.version + 1, updatedAt: now } : next;
  const wishes = wishesAfter(settlement, known, charges);
  return { before, order, feed: isSeen ? entriesOf(before, order, settlement) : [], wishes };
}

/**
 * Says whether money that came after the end can still make the order paid (T21): all of it, for the attempt that
 * counted, within five minutes; provided that nobody but the clock ended the order, and that it was not asked back: that
 * this failed is a task for people, who would give it back beside the food.
 */
export function mayBeHonoured(order: Order, snapshot: ChargeSnapshot, now: Date): boolean {
  const current = currentCharge(order);
  return (
    order.status === "cancelled" &&
    order.paidBy === null &&
    snapshot.status === "approved" &&
    snapshot.amountCents === order.totalCents &&
    current?.paymentId === snapshot.paymentId &&
    current.status !== "refund_pending" &&
    now >= order.expiresAt &&
    now <= addSeconds(order.expiresAt, HONOURED_S)
  );
}

/**
 * Whatever else is open when an order is paid is closed: a QR still on a screen would be paid for nothing. When it is
 * cancelled, whatever else is here goes back as well.
 */
function wishesAfter(settlement: Settlement, charge: Charge, charges: readonly Charge[]): readonly PaymentWish[] {
  const { paymentId } = charge;
  if (settlement.kind === "release") return [{ ...settlement, paymentId }];
  const others = charges.filter((other) => other.paymentId !== paymentId);
  const release = (reason: ReleaseReason) => (other: Charge) =>
    ({ kind: "release", paymentId: other.paymentId, reason }) as const;
  if (settlement.kind === "pay") {
    return others.filter(({ status }) => chargeState(status) === "open").map(release("method_changed"));
  }
  if (settlement.kind !== "cancel") return [];
  const mayBringMoney = ({ status }: Charge) => ["open", "held", "returning"].includes(chargeState(status));
  return others.filter(mayBringMoney).map(release("order_cancelled"));
}

function statusAfter(order: Order, settlement: Settlement): OrderStatus {
  if (settlement.kind === "pay") return "paid";
  if (settlement.kind !== "refund" && settlement.kind !== "cancel") return order.status;
  // T20: only when nothing of what was taken is left here.
  if (isAllReturned(order.charges)) return "refunded";
  return settlement.kind === "cancel" ? "cancelled" : order.status;
}

function chargeAfter(known: Charge, snapshot: ChargeSnapshot): Charge {
  const { status, refundedCents, qrCode, paymentLink, detail, expiresAt, approvedAt, version } = snapshot;
  const refundingCents = refundingCentsOf(snapshot);
  return {
    ...known,
    status,
    refundedCents,
    refundingCents,
    qrCode,
    paymentLink,
    detail,
    expiresAt,
    approvedAt,
    version,
  };
}

function refundingCentsOf({ refundingCents, status, amountCents, refundedCents }: ChargeSnapshot): Cents {
  return refundingCents ?? (status === "refund_pending" ? amountCents - refundedCents : 0);
}

/** Whether somebody who looks at the payment sees something new. */
function showsOther(known: Charge, snapshot: ChargeSnapshot): boolean {
  const { qrCode, paymentLink, detail } = snapshot;
  return known.qrCode !== qrCode || known.paymentLink !== paymentLink || known.detail !== detail;
}

function entriesOf(before: Order, order: Order, settlement: Settlement): readonly FeedEntry[] {
  const entry = { kind: "status", by: "payment", actorId: null, reason: null, at: order.updatedAt } as const;
  if (settlement.kind === "cancel") {
    const cancelled: FeedEntry = { ...entry, status: "cancelled", reason: "money_returned" };
    return order.status === "refunded" ? [cancelled, { ...entry, status: "refunded" }] : [cancelled];
  }
  return [{ ...entry, kind: before.status === order.status ? "payment" : "status", status: order.status }];
}
