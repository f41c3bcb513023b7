import type { ChargeDetail, OrderStatus } from "@comanda/contracts";
import type { Order } from "../../../services/order/src/domain/order.ts";
import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import { balanceOf } from "../../../services/payment/src/domain/ledger.ts";
import { BY_ADMIN } from "../actors/wishes.ts";
import { type Bank, keptUnder } from "../provider/bank.ts";
import { all } from "../stores/charge-tables.ts";
import type { History, Truth, Violation } from "./truth.ts";

/** Why money of an order that is served may go back: somebody wanted it, or a line of it was not made. */
const ASKED_FOR: readonly string[] = [BY_ADMIN, "made at the provider", "item recusado pela cozinha"];
/** What is only true while a terminal has the charge, or is going to. */
const AT_TERMINAL: readonly ChargeDetail[] = [
  "waiting_for_terminal",
  "sent_to_terminal",
  "at_terminal",
  "cancellation_requested",
];
const SERVED: readonly OrderStatus[] = [
  "paid",
  "preparing",
  "ready_for_pickup",
  "out_for_delivery",
  "delivered",
  "unclaimed",
];

/** The payment that the charge stands on was; of a link that was paid twice the other one may be. */
function isPayerChargedBack(bank: Bank, { id, method, providerPaymentId }: Charge): boolean {
  const payments = bank.ofReference(id).flatMap((order) => order.payments);
  const paying = method === "link" ? payments.filter((payment) => payment.id === providerPaymentId) : payments;
  return paying.some(({ status }) => status === "charged_back");
}

/** What must be so in the end: I1, I2, I4, I5, I7. */
export function checkEnd(truth: Truth, history: History): readonly Violation[] {
  return [
    ...answersOf(truth, history),
    ...eventsOf(truth, history),
    ...[...truth.orderTables.orders.values()].flatMap((order) => moneyOf(truth, order)),
  ];
}

/** I1 and I5: what was answered is there, once, and was answered the same each time. */
function answersOf({ orderTables }: Truth, { answered }: History): readonly Violation[] {
  const faults: Violation[] = [];
  const byGuest = new Map<string, number>();
  for (const { customerId } of orderTables.orders.values()) {
    if (customerId !== null) byGuest.set(customerId, (byGuest.get(customerId) ?? 0) + 1);
  }
  for (const [guest, count] of byGuest) {
    if (count > 1) faults.push({ rule: "I5", what: `one key of guest ${guest} made ${count} orders` });
  }
  for (const [key, { bodies, orders }] of answered) {
    if (bodies.size > 1)
      faults.push({ rule: "I5", what: `${key} was answered ${bodies.size} ways: ${[...bodies].join(" | ")}` });
    for (const id of orders)
      if (!orderTables.orders.has(id)) faults.push({ rule: "I1", what: `order ${id} was answered and is not there` });
    for (const body of bodies) {
      const answer = JSON.parse(body) as { id: string; number: number; total_cents: number; items: { id: string }[] }; // renderOrder wrote it
      const order = orderTables.orders.get(answer.id);
      if (order === undefined) continue;
      const isSame =
        order.number === answer.number &&
        order.totalCents === answer.total_cents &&
        order.lines.map(({ id }) => id).join() === answer.items.map(({ id }) => id).join();
      if (!isSame) faults.push({ rule: "I1", what: `order ${answer.id} is not what was answered` });
    }
  }
  return faults;
}

/** I7: whatever was committed to be said was said, and nothing was given up. */
function eventsOf({ orderTables, chargeTables }: Truth, { published, said }: History): readonly Violation[] {
  const faults: Violation[] = [];
  for (const row of orderTables.outbox) {
    if (row.parkedAt !== null) faults.push({ rule: "I7", what: `event ${row.id} was parked: ${row.lastError}` });
    else if (!row.isWithdrawn && !published.has(row.id))
      faults.push({ rule: "I7", what: `event ${row.id} never left` });
  }
  for (const charge of all(chargeTables)) {
    for (const event of charge.unsent) {
      if (event.parkedAt !== null)
        faults.push({ rule: "I7", what: `event ${event.id} was parked: ${event.lastError}` });
    }
  }
  for (const id of said) if (!published.has(id)) faults.push({ rule: "I7", what: `event ${id} never left` });
  return faults;
}

/** I2 and I4 of one order: paid for once when it was served, and nothing kept when it was not. */
function moneyOf({ bank, chargeTables }: Truth, order: Order): readonly Violation[] {
  const faults: Violation[] = [];
  const fault = (rule: string, what: string) =>
    faults.push({ rule, what: `order ${order.id} (${order.status}): ${what}` });
  const charges = all(chargeTables).filter(({ orderId }) => orderId === order.id);
  const isServed = SERVED.includes(order.status);
  for (const charge of charges) {
    const isPayer = isServed && order.paidBy === charge.id;
    const kept = charge.provider === "counter" ? balanceOf(charge).heldCents : keptUnder(bank, [charge.id]);
    const wanted = isPayer && !isPayerChargedBack(bank, charge) ? order.totalCents - charge.refundedCents : 0;
    if (kept !== wanted) fault(isServed ? "I4" : "I2", `charge ${charge.id} keeps ${kept}, not ${wanted}`);
    const unasked = charge.refunds.find(
      ({ status, strayPaymentId, reason }) =>
        status !== "failed" && strayPaymentId === null && !ASKED_FOR.includes(reason),
    );
    if (isPayer && unasked !== undefined) fault("I2", `served, and its money went back unasked (${unasked.reason})`);
    const known = order.charges.find(({ paymentId }) => paymentId === charge.id);
    if (known === undefined) fault("I4", `charge ${charge.id} is unknown to it`);
    else if (known.status !== charge.status || known.refundedCents !== charge.refundedCents) {
      fault("I4", `it takes charge ${charge.id} for ${known.status}, it is ${charge.status}`);
    } else if (known.detail !== charge.detail) {
      fault("I4", `it says ${known.detail} of charge ${charge.id}, which says ${charge.detail}`);
    }
    if (charge.detail !== null && AT_TERMINAL.includes(charge.detail))
      fault("I9", `charge ${charge.id} is ${charge.status} and still says ${charge.detail}`);
  }
  if (isServed && order.totalCents > 0 && !charges.some(({ id }) => id === order.paidBy))
    fault("I2", "served and not paid");
  const states = charges.map(({ status }) => status);
  const isAllBack =
    states.includes("refunded") && !states.some((status) => ["approved", "partially_refunded"].includes(status));
  if (!isServed && isAllBack && order.status !== "refunded")
    fault("T20", "all its money is back and it does not say so");
  return faults;
}
