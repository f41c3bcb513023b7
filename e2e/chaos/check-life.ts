import type { Dump, TrackingRow } from "./dump.ts";
import type { OrderSeen } from "./history.ts";
import { sideOf } from "./order-side.ts";
import type { Violation } from "./violation.ts";

/** The graph of product §3.1, written down a second time on purpose: the services' own table is what is checked. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  requested: ["paid", "cancelled", "rejected"],
  paid: ["preparing", "ready_for_pickup", "cancelled", "rejected"],
  preparing: ["paid", "ready_for_pickup", "cancelled", "rejected"],
  ready_for_pickup: ["preparing", "delivered", "out_for_delivery", "unclaimed"],
  out_for_delivery: ["delivered", "ready_for_pickup"],
  unclaimed: ["delivered"],
  delivered: [],
  cancelled: ["refunded", "paid"],
  rejected: ["refunded"],
  refunded: [],
};
const KITCHEN = ["preparing", "ready_for_pickup", "out_for_delivery", "delivered", "unclaimed"];
/** The business day begins at 05:00 in São Paulo, which is 08:00 UTC. */
const DAY_BEGINS_MS = 8 * 3_600_000;

/** Invariants I3, I6, I12: the path of each order, food only for money, and the number that is called. */
export function checkLife(dump: Dump): readonly Violation[] {
  return [...dump.orders.flatMap((order) => checkPath(order, dump)), ...checkNumbers(dump.orders)];
}

function checkPath(order: OrderSeen, dump: Dump): readonly Violation[] {
  const path = dump.tracking[order.id] ?? [];
  const broken = path.flatMap(({ status }, step) => {
    const before = path[step - 1]?.status;
    const isGood = before === undefined ? status === "requested" : (NEXT[before] ?? []).includes(status);
    return isGood ? [] : [`${before ?? "nothing"} → ${status}`];
  });
  if (path.at(-1)?.status !== order.status) broken.push(`ends ${path.at(-1)?.status}, the order is ${order.status}`);
  const found: Violation[] = broken.map((detail) => ({ invariant: "impossible_path", subject: order.id, detail }));
  const early = workBeforeMoney(order, { path, dump });
  return early === null ? found : [...found, { invariant: "kitchen_before_money", subject: order.id, detail: early }];
}

function workBeforeMoney(
  order: OrderSeen,
  { path, dump }: { path: readonly TrackingRow[]; dump: Dump },
): string | null {
  const began = path.find(({ status }) => KITCHEN.includes(status));
  if (began === undefined) return null;
  const charges = dump.charges.filter(({ order_id: id }) => id === order.id);
  const ids = new Set(charges.map(({ id }) => id));
  const provider = dump.ledger.filter((row) => ids.has(row.external_reference ?? "")).map((row) => row.paid_at);
  const counter = charges.filter((charge) => charge.provider === "counter").map((charge) => charge.approved_at);
  const paid = [...provider, ...counter].filter((at) => at !== null).sort()[0];
  if (paid === undefined) return `${began.status} without any money`;
  return paid <= began.at ? null : `${began.status} at ${began.at}, money at ${paid}`;
}

function checkNumbers(orders: readonly OrderSeen[]): readonly Violation[] {
  const called = Map.groupBy(orders, (order) => {
    const day = new Date(Date.parse(order.created_at) - DAY_BEGINS_MS).toISOString().slice(0, 10);
    return `${order.number} on ${day}`;
  });
  return [...called]
    .filter(([, same]) => same.length > 1)
    .map(([number, same]) => ({
      invariant: "number_twice",
      subject: same.map(({ id }) => id).join(" "),
      detail: `number ${number}`,
    }));
}

const OPEN_CHARGE = ["created", "pending", "in_process", "refund_pending"];
const SETTLED: Readonly<Record<ReturnType<typeof sideOf>, readonly string[]>> = {
  waiting: [],
  served: ["approved", "refunded"],
  over: ["cancelled", "expired", "rejected", "refunded"],
};

/** Invariant I9: what is still on its way, or waits for people. */
export function checkStuck({
  orders,
  charges,
  ledger,
  parked,
}: Omit<Dump, "tracking" | "flows">): readonly Violation[] {
  const stuck = (subject: string, detail: string): Violation => ({ invariant: "stuck", subject, detail });
  return [
    ...orders
      .filter((order) => !SETTLED[sideOf(order.status)].includes(order.payment_status))
      .map((order) => stuck(order.id, `order ${order.status}, payment ${order.payment_status}`)),
    ...charges
      .filter(({ status }) => OPEN_CHARGE.includes(status))
      .map((charge) => stuck(charge.id, `charge ${charge.status} of ${charge.order_id}`)),
    ...ledger
      .filter((row) => row.refunding_cents > 0 || (row.kind === "order" && row.status === "created"))
      .map((row) => stuck(row.id, `${row.status} at the provider, charge ${row.external_reference}`)),
    ...(parked > 0 ? [stuck("events", `${parked} were given up`)] : []),
  ];
}
