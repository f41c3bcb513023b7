import type { OrderStatus } from "@comanda/contracts";
import { addSeconds, businessDayOf, ok, type Result, refuse } from "@comanda/primitives";
import { chargeState } from "./charge-state.ts";
import type { Actor, ActorRole, Change, FeedEntry, Order, OrderLine, PaymentWish, ReleaseReason } from "./order.ts";
import { isAllReturned, isMoneyHere, paymentStatusOf } from "./payment-status.ts";

/** A row of the table: who may bring an order from one status to the next, and what must be so. */
export type Transition = {
  /** Its name in product §3.2. */
  readonly id: string;
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly who: readonly ActorRole[];
  readonly guard?: (order: Order, now: Date) => boolean;
};

/** How long a guest may call a paid order off, how long a start can be undone, how long ready food waits; seconds. */
export const GRACE_S = 120;
export const UNDO_S = 30;
export const NO_SHOW_S = 40 * 60;

/** What no person may do at all is no question of rights: it is refused to everybody in the same way. */
const PEOPLE: readonly ActorRole[] = ["customer", "kiosk", "kitchen", "cashier", "manager", "admin"];

const OFFICE = ["manager", "admin"] as const;
const KITCHEN = ["kitchen", ...OFFICE, "lines"] as const;
const COUNTER = ["cashier", ...OFFICE] as const;

/**
 * The life of an order (product §3.2), as one table. Nobody is in it for `paid` but payment's word and the undoing of
 * a start (T8, through the lines), nobody for `refunded` but payment, nobody for `requested`. T21, late money
 * honoured, is payment's word too (settle.ts). The courier's rows are the counter's, since no courier has a token.
 */
export const TRANSITIONS: readonly Transition[] = [
  { id: "T2", from: "requested", to: "paid", who: ["payment"] },
  { id: "T3", from: "requested", to: "cancelled", who: ["clock"], guard: isPastExpiry },
  { id: "T4", from: "requested", to: "cancelled", who: ["customer", "kiosk", ...COUNTER] },
  { id: "T5", from: "requested", to: "rejected", who: OFFICE },
  { id: "T6", from: "paid", to: "preparing", who: KITCHEN },
  { id: "T7", from: "paid", to: "ready_for_pickup", who: KITCHEN },
  { id: "T8", from: "preparing", to: "paid", who: ["lines"], guard: isUndoInTime },
  { id: "T9", from: "preparing", to: "ready_for_pickup", who: KITCHEN },
  { id: "T10", from: "ready_for_pickup", to: "preparing", who: ["cashier", ...KITCHEN] },
  { id: "T11", from: "ready_for_pickup", to: "delivered", who: ["kitchen", ...COUNTER] },
  { id: "T12", from: "ready_for_pickup", to: "out_for_delivery", who: COUNTER },
  { id: "T13", from: "out_for_delivery", to: "delivered", who: COUNTER },
  { id: "T14", from: "out_for_delivery", to: "ready_for_pickup", who: COUNTER },
  { id: "T15", from: "ready_for_pickup", to: "unclaimed", who: ["clock"], guard: hasWaitedTooLong },
  { id: "T15", from: "ready_for_pickup", to: "unclaimed", who: OFFICE },
  { id: "T16", from: "unclaimed", to: "delivered", who: COUNTER, guard: isSameBusinessDay },
  { id: "T17", from: "paid", to: "cancelled", who: ["customer"], guard: isWithinGrace },
  { id: "T17", from: "paid", to: "cancelled", who: COUNTER },
  { id: "T18", from: "paid", to: "rejected", who: KITCHEN },
  { id: "T18", from: "preparing", to: "rejected", who: KITCHEN },
  { id: "T19", from: "preparing", to: "cancelled", who: OFFICE },
  { id: "T20", from: "cancelled", to: "refunded", who: ["payment"] },
  { id: "T20", from: "rejected", to: "refunded", who: ["payment"] },
];

export type StatusRefusal =
  | {
      readonly code: "illegal-transition";
      readonly from: OrderStatus;
      readonly to: OrderStatus;
      readonly allowed: readonly OrderStatus[];
    }
  | { readonly code: "payment-not-approved" }
  | { readonly code: "version-conflict"; readonly version: number }
  | { readonly code: "forbidden-for-role" };

export type StatusCommand = {
  readonly to: OrderStatus;
  readonly actor: Actor;
  readonly reason?: string | undefined;
  /** The version the caller has seen; any, when not given. */
  readonly expectedVersion?: number | undefined;
  readonly now: Date;
};

/**
 * Brings the order to another status, or says aloud why not. Naming the status it already has changes nothing and is no
 * mistake: the answer is `null`. A version seen and gone comes first, so that of two people who do the same thing the
 * second learns that somebody was faster (product §3.6, 18).
 */
export function changeStatus(order: Order, command: StatusCommand): Result<Change | null, StatusRefusal> {
  const { to, actor, expectedVersion, now } = command;
  if (expectedVersion !== undefined && expectedVersion !== order.version) {
    return refuse({ code: "version-conflict", version: order.version });
  }
  if (to === order.status) return ok(null);
  const rows = TRANSITIONS.filter((row) => row.from === order.status && row.to === to);
  const own = rows.filter((row) => row.who.includes(actor.role));
  const isOthersToDo = rows.some((row) => row.who.some((role) => PEOPLE.includes(role)));
  if (own.length === 0 && isOthersToDo) return refuse({ code: "forbidden-for-role" });
  if (!own.some((row) => isOpen(row, order, now))) {
    const allowed = allowedStatuses(order, { role: actor.role, now });
    return refuse({ code: "illegal-transition", from: order.status, to, allowed });
  }
  if (isStart(order.status, to) && !isMoneyHere(order)) return refuse({ code: "payment-not-approved" });
  return ok(move(order, command));
}

/** Where this role may bring the order now: what a screen shows as buttons (style D2). */
export function allowedStatuses(
  order: Order,
  viewer: { readonly role: ActorRole; readonly now: Date },
): readonly OrderStatus[] {
  const open = TRANSITIONS.filter(
    (row) =>
      row.from === order.status &&
      row.who.includes(viewer.role) &&
      isOpen(row, order, viewer.now) &&
      (!isStart(row.from, row.to) || isMoneyHere(order)),
  );
  return [...new Set(open.map(({ to }) => to))];
}

function isOpen(row: Transition, order: Order, now: Date): boolean {
  return row.guard === undefined || row.guard(order, now);
}

/** Out of `paid` into the kitchen's hands: from here on food costs somebody something. */
function isStart(from: OrderStatus, to: OrderStatus): boolean {
  return from === "paid" && (to === "preparing" || to === "ready_for_pickup");
}

/**
 * The order after an allowed move: lines, times and money follow the status. An order that ends when its money is back
 * already is `refunded` in the same breath (T20): payment has nothing more to say that could bring it there.
 */
function move(before: Order, { to, actor, reason, now }: StatusCommand): Change {
  const isRefunded = (to === "cancelled" || to === "rejected") && isAllReturned(before.charges);
  const status = isRefunded ? "refunded" : to;
  const moved = { ...before, status, lines: linesAfter(before, to, actor), ...timesAfter(before, to, now) };
  const order: Order = {
    ...moved,
    paymentStatus: paymentStatusOf(moved),
    version: before.version + 1,
    updatedAt: now,
  };
  const entry: FeedEntry = {
    kind: "status",
    status: to,
    by: actor.role,
    actorId: actor.id,
    reason: reason ?? null,
    at: now,
  };
  const refunded: FeedEntry = { ...entry, status: "refunded", by: "payment", actorId: null, reason: null };
  return { before, order, feed: isRefunded ? [entry, refunded] : [entry], wishes: releases(before, to, actor) };
}

/** Moving a whole order at once is what tapping the header of a ticket does: all its open lines go along. */
function linesAfter(order: Order, to: OrderStatus, actor: Actor): readonly OrderLine[] {
  if (actor.role === "lines") return order.lines;
  if (to === "preparing") {
    const again = order.status === "ready_for_pickup" ? "done" : "queued";
    return order.lines.map((line) => (line.status === again ? { ...line, status: "started" } : line));
  }
  if (to === "ready_for_pickup") {
    return order.lines.map((line) => (line.status === "refused" ? line : { ...line, status: "done" }));
  }
  return order.lines;
}

function timesAfter(order: Order, to: OrderStatus, now: Date): Pick<Order, "paidAt" | "startedAt" | "readyAt"> {
  const { paidAt, startedAt, readyAt } = order;
  if (to === "paid") return { paidAt: paidAt ?? now, startedAt: null, readyAt: null };
  if (to === "preparing") return { paidAt, startedAt: order.status === "paid" ? now : startedAt, readyAt: null };
  if (to === "ready_for_pickup") return { paidAt, startedAt: startedAt ?? now, readyAt: now };
  return { paidAt, startedAt, readyAt };
}

/**
 * An order that ends tells payment at once to let go of its charges: payment closes what is open and gives back what was
 * paid. So a guest's cancelling never waits for the provider, and money that arrives in that very moment goes back, too.
 */
function releases(order: Order, to: OrderStatus, actor: Actor): readonly PaymentWish[] {
  if (to !== "cancelled" && to !== "rejected") return [];
  const reason: ReleaseReason =
    to === "rejected" ? "order_rejected" : actor.role === "clock" ? "order_expired" : "order_cancelled";
  return (
    order.charges
      // Of money on its way back a part may be all that was asked for: the rest goes as well.
      .filter(({ status }) => ["open", "held", "returning"].includes(chargeState(status)))
      .map(({ paymentId }) => ({ kind: "release", paymentId, reason }))
  );
}

function isPastExpiry(order: Order, now: Date): boolean {
  return now >= order.expiresAt;
}

function isUndoInTime(order: Order, now: Date): boolean {
  // An order whose money went back would stand in the queue where nobody may start it again: it is called off instead.
  const isLeaving = ["refund_pending", "refunded", "charged_back"].includes(order.paymentStatus);
  if (isLeaving && !isMoneyHere(order)) return false;
  return order.startedAt !== null && now <= addSeconds(order.startedAt, UNDO_S);
}

function hasWaitedTooLong(order: Order, now: Date): boolean {
  return order.readyAt !== null && now >= addSeconds(order.readyAt, NO_SHOW_S);
}

function isWithinGrace(order: Order, now: Date): boolean {
  return order.paidAt !== null && now <= addSeconds(order.paidAt, GRACE_S);
}

function isSameBusinessDay(order: Order, now: Date): boolean {
  return order.businessDay === businessDayOf(now);
}
