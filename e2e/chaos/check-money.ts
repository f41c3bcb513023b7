import type { ChargeRow, Dump, LedgerRow } from "./dump.ts";
import type { Entry, OrderSeen } from "./history.ts";
import { sideOf } from "./order-side.ts";
import type { Violation } from "./violation.ts";

/**
 * Invariants I2, I4, I10: what the provider took and gave back, by order and by charge, to the centavo. The
 * provider's ledger is the truth; for money at the counter the charge itself is.
 */
export function checkMoney(history: readonly Entry[], dump: Dump): readonly Violation[] {
  const ledger = Map.groupBy(dump.ledger, ({ external_reference: reference }) => reference);
  const chargesOf = Map.groupBy(dump.charges, ({ order_id: order }) => order);
  const givenBack = refundedByStaff(history);
  const orderViolations = dump.orders.flatMap((order) => {
    const charges = (chargesOf.get(order.id) ?? []).map((charge) => moneyOf(charge, ledger.get(charge.id) ?? []));
    return checkOrder(order, charges, { isGivenBack: givenBack.has(order.id) });
  });
  const chargeViolations = dump.charges.flatMap((charge) => checkCharge(charge, ledger.get(charge.id) ?? []));
  return [...orderViolations, ...chargeViolations, ...checkStrangers(dump), ...checkSum(dump, givenBack)];
}

type Money = { readonly id: string; readonly paid: number; readonly back: number };

function moneyOf(charge: ChargeRow, rows: readonly LedgerRow[]): Money {
  if (charge.provider !== "counter") {
    return { id: charge.id, paid: sum(rows, "paid_cents"), back: sum(rows, "refunded_cents") };
  }
  return { id: charge.id, paid: charge.approved_at === null ? 0 : charge.amount_cents, back: charge.refunded_cents };
}

function checkOrder(
  order: OrderSeen,
  charges: readonly Money[],
  { isGivenBack }: { readonly isGivenBack: boolean },
): readonly Violation[] {
  const kept = charges.reduce((left, { paid, back }) => left + paid - back, 0);
  const paid = charges.reduce((all, charge) => all + charge.paid, 0);
  const wrong = (invariant: Violation["invariant"], detail: string) => [{ invariant, subject: order.id, detail }];
  const facts = `${order.status}, total ${order.total_cents}, taken ${paid}, kept ${kept}`;
  if (sideOf(order.status) !== "served") return kept === 0 ? [] : wrong("money_kept", facts);
  if (kept > order.total_cents) return wrong("paid_twice", facts);
  if (paid === 0) return wrong("kitchen_before_money", facts);
  const isRight = isGivenBack ? kept === 0 : kept === order.total_cents;
  return isRight ? [] : wrong("money_missing", facts);
}

function checkCharge(charge: ChargeRow, rows: readonly LedgerRow[]): readonly Violation[] {
  const found: Violation[] = [];
  const wrong = (invariant: Violation["invariant"], detail: string) =>
    found.push({ invariant, subject: charge.id, detail });
  const { paid, back } = moneyOf(charge, rows);
  const times = rows.reduce((all, row) => all + row.times_paid, 0);
  if (times > 1) wrong("paid_twice", `the provider took the money ${times} times`);
  // Every refund of a run is of the whole amount, so that a second one is one too many whatever its size.
  const refunds = rows.flatMap((row) => row.refunds).filter(({ status }) => status !== "failed");
  if (refunds.length > 1) wrong("refunded_twice", `${refunds.length} refunds at the provider`);
  if (back > paid || charge.refunded_cents > charge.amount_cents) {
    wrong("refunded_more_than_paid", `paid ${paid}, back ${back}, by our books ${charge.refunded_cents}`);
  }
  if (charge.refunded_cents !== back) wrong("books_differ", `we say ${charge.refunded_cents} back, they say ${back}`);
  const saysPaid = charge.approved_at !== null;
  if (saysPaid !== paid > 0) wrong("books_differ", `we say ${charge.status}, they took ${paid}`);
  if (paid > 0 && paid !== charge.amount_cents) wrong("books_differ", `wanted ${charge.amount_cents}, took ${paid}`);
  return found;
}

/** Money that came for no charge of ours. */
function checkStrangers({ charges, ledger }: Dump): readonly Violation[] {
  const ours = new Set(charges.map(({ id }) => id));
  return ledger
    .filter(
      (row) => row.times_paid > 0 && !ours.has(row.external_reference ?? "") && row.paid_cents > row.refunded_cents,
    )
    .map((row) => ({
      invariant: "money_kept",
      subject: row.id,
      detail: "the provider took money for no charge of ours",
    }));
}

/** I4 as one sum: even two faults that hide each other in two orders would have to be of one size to pass. */
function checkSum(dump: Dump, givenBack: ReadonlySet<string>): readonly Violation[] {
  const counter = dump.charges.filter(({ provider }) => provider === "counter").map((charge) => moneyOf(charge, []));
  const held =
    sum(dump.ledger, "paid_cents") -
    sum(dump.ledger, "refunded_cents") +
    counter.reduce((all, { paid, back }) => all + paid - back, 0);
  const owed = dump.orders
    .filter(({ id, status }) => sideOf(status) === "served" && !givenBack.has(id))
    .reduce((all, order) => all + order.total_cents, 0);
  const detail = `${held} centavos are held, ${owed} are the value of what was paid for and not returned`;
  return held === owed ? [] : [{ invariant: "books_differ", subject: "the sum of all", detail }];
}

/** Orders whose money somebody of the staff gave back although the food had been handed over. */
function refundedByStaff(history: readonly Entry[]): ReadonlySet<string> {
  const given = history.flatMap((entry) =>
    entry.kind === "try" && entry.op === "refund" && entry.status === 201 && entry.order !== null ? [entry.order] : [],
  );
  return new Set(given);
}

function sum(rows: readonly LedgerRow[], field: "paid_cents" | "refunded_cents"): number {
  return rows.reduce((all, row) => all + row[field], 0);
}
