import type { OrderStatus } from "@comanda/contracts";
import type { Order } from "../../../services/order/src/domain/order.ts";
import { keptCents } from "../provider/bank.ts";
import type { Committed } from "../stores/order-tables.ts";
import type { History, Truth, Violation } from "./truth.ts";

/**
 * The life of an order by product §3.2, written down a second time on purpose: a wrong row in the service's own table
 * must not also be the measure.
 */
const NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  requested: ["paid", "cancelled", "rejected"],
  paid: ["preparing", "ready_for_pickup", "cancelled", "rejected"],
  preparing: ["paid", "ready_for_pickup", "rejected", "cancelled"],
  ready_for_pickup: ["preparing", "delivered", "out_for_delivery", "unclaimed"],
  out_for_delivery: ["delivered", "ready_for_pickup"],
  delivered: [],
  unclaimed: ["delivered"],
  // T21: only the clock's own cancelling, see below.
  cancelled: ["refunded", "paid"],
  rejected: ["refunded"],
  refunded: [],
};

const IN_HANDS: readonly OrderStatus[] = ["preparing", "ready_for_pickup"];

/** What must be so of every committed change of an order: I3, I6, I12, and that nothing of it is rewritten. */
export function checkOrder(truth: Truth, history: History, { before, order, feed }: Committed): readonly Violation[] {
  const faults: Violation[] = [];
  const fault = (rule: string, what: string) => faults.push({ rule, what: `order ${order.id}: ${what}` });
  if (before === null) {
    const twin = [...truth.orderTables.orders.values()].find(
      (other) => other.id !== order.id && other.businessDay === order.businessDay && other.number === order.number,
    );
    if (twin !== undefined) fault("I12", `number ${order.number} is also that of ${twin.id}`);
    return faults;
  }
  const rise = order.version - before.version;
  const isShown = order.status !== before.status || order.paymentStatus !== before.paymentStatus;
  if (rise !== 1 && (rise !== 0 || isShown)) fault("I6", `version ${before.version} → ${order.version}`);
  if (order.totalCents !== before.totalCents || order.lines.length !== before.lines.length) {
    fault("I1", "lines or total changed after it was placed");
  }
  let at = before.status;
  for (const { status, kind } of feed) {
    if (kind === "status" && status !== at && !NEXT[at].includes(status)) fault("I6", `${at} → ${status}`);
    at = status;
  }
  if (at !== order.status) fault("I6", `its feed ends at ${at}, it is ${order.status}`);
  if (before.status === "cancelled" && order.status === "paid" && !wasEndedByClock(truth, order.id)) {
    fault("I6", "it came back though a person had ended it");
  }
  const isStarted = IN_HANDS.includes(order.status) && before.status === "paid";
  if (
    (isStarted || (order.status === "paid" && before.status !== "paid" && before.status !== "preparing")) &&
    !isPaidFor(truth, history, order)
  ) {
    fault("I3", `${before.status} → ${order.status} without money for it`);
  }
  return faults;
}

function wasEndedByClock({ orderTables }: Truth, id: string): boolean {
  const steps = orderTables.feed.filter(({ orderId, entry }) => orderId === id && entry.kind === "status");
  // The last of all is the one that is being looked at.
  return steps.findLast(({ entry }) => entry.status === "cancelled")?.entry.by === "clock";
}

/** Whether the provider holds, or a cashier held, exactly what the order costs. */
function isPaidFor({ bank }: Truth, { receipts }: History, order: Order): boolean {
  if (order.totalCents === 0) return true;
  const payer = order.charges.find(({ paymentId }) => paymentId === order.paidBy);
  if (payer === undefined) return false;
  if (payer.method === "counter") return receipts.has(payer.paymentId);
  const payments = bank.ofReference(payer.paymentId).flatMap((one) => one.payments);
  // A part that staff gave back is their decision; the whole of it is not here any more.
  return payments.some((one) => one.approvedAt !== null && one.amountCents === order.totalCents && keptCents(one) >= 0);
}
