import { describe, expect, it } from "vitest";
import { check, describeReport } from "./checker.ts";
import type { ChargeRow, Dump, LedgerRow } from "./dump.ts";
import type { OrderSeen, Try } from "./history.ts";
import type { Invariant } from "./violation.ts";

const MONEY_AT = "2026-01-15T12:00:10.000Z";
const KITCHEN_AT = "2026-01-15T12:00:20.000Z";

const order: OrderSeen = {
  id: "order-1",
  number: 1,
  status: "delivered",
  payment_status: "approved",
  customer_name: "Chaos 1",
  total_cents: 2_590,
  items: [{ product_id: "burger", quantity: 1, total_cents: 2_590 }],
  payment: null,
  version: 6,
  created_at: "2026-01-15T12:00:00.000Z",
  expires_at: "2026-01-15T12:01:00.000Z",
};
const charge: ChargeRow = {
  id: "charge-1",
  order_id: "order-1",
  attempt: 1,
  status: "approved",
  method: "qr",
  provider: "mercadopago",
  amount_cents: 2_590,
  refunded_cents: 0,
  approved_at: MONEY_AT,
};
const taken: LedgerRow = {
  kind: "order",
  id: "ORD1",
  external_reference: "charge-1",
  status: "processed",
  amount_cents: 2_590,
  paid_cents: 2_590,
  refunded_cents: 0,
  refunding_cents: 0,
  times_paid: 1,
  paid_at: MONEY_AT,
  refunds: [],
};
const refund = { id: "REF1", amount_cents: 2_590, status: "processed" };
const placed: Try = {
  kind: "try",
  startedAt: 1,
  endedAt: 2,
  guest: 1,
  op: "place",
  order: "order-1",
  key: "key-1",
  isKeyed: true,
  number: 1,
  expected: null,
  status: 201,
  code: null,
  digest: "a",
  seen: { ...order, status: "requested", payment_status: "awaiting_payment", version: 2 },
};

function path(...steps: readonly [string, string][]) {
  return steps.map(([status, at]) => ({ status, at, by: "kitchen" }));
}

const good: Dump = {
  orders: [order],
  charges: [charge],
  ledger: [taken],
  parked: 0,
  flows: {},
  tracking: {
    "order-1": path(
      ["requested", order.created_at],
      ["paid", MONEY_AT],
      ["preparing", KITCHEN_AT],
      ["ready_for_pickup", KITCHEN_AT],
      ["delivered", KITCHEN_AT],
    ),
  },
};

/** The same order, called off after it was paid, with all the money back. */
const cancelled: Dump = {
  ...good,
  orders: [{ ...order, status: "refunded", payment_status: "refunded" }],
  charges: [{ ...charge, status: "refunded", refunded_cents: 2_590 }],
  ledger: [{ ...taken, status: "refunded", refunded_cents: 2_590, refunds: [refund] }],
  tracking: {
    "order-1": path(
      ["requested", order.created_at],
      ["paid", MONEY_AT],
      ["cancelled", KITCHEN_AT],
      ["refunded", KITCHEN_AT],
    ),
  },
};

function found(history: readonly Try[], dump: Dump): readonly Invariant[] {
  return [...new Set(check(history, dump).violations.map(({ invariant }) => invariant))];
}

const withOrder = (change: Partial<OrderSeen>): Dump => ({ ...good, orders: [{ ...order, ...change }] });
const withCharge = (dump: Dump, change: Partial<ChargeRow>): Dump => ({
  ...dump,
  charges: dump.charges.map((one) => ({ ...one, ...change })),
});
const withLedger = (dump: Dump, change: Partial<LedgerRow>): Dump => ({
  ...dump,
  ledger: dump.ledger.map((one) => ({ ...one, ...change })),
});
const withPath = (...steps: readonly [string, string][]): Dump => ({
  ...good,
  tracking: { "order-1": path(...steps) },
});
const moved: Try = { ...placed, op: "move to preparing", isKeyed: false, status: 200, expected: 3 };
const second = { ...charge, id: "charge-2", attempt: 2 };

/** A broken run by hand for every promise, and what must be said of it. */
const BROKEN: readonly [Invariant, string, readonly Try[], Dump][] = [
  ["lost_order", "an order was promised and is not there", [placed], { ...good, orders: [], charges: [], ledger: [] }],
  ["lost_order", "an order has another total than was promised", [placed], withOrder({ total_cents: 2_000 })],
  [
    "placed_twice",
    "one guest's request became two orders",
    [placed],
    { ...good, orders: [order, { ...order, id: "order-2", number: 2 }] },
  ],
  ["answers_differ", "one key got two answers", [placed, { ...placed, number: 2, digest: "b" }], good],
  ["server_error", "a service answered 500", [placed, { ...placed, key: "key-4", status: 500, seen: null }], good],
  ["paid_twice", "the provider took the money of one charge twice", [placed], withLedger(good, { times_paid: 2 })],
  [
    "paid_twice",
    "two charges of one order were kept",
    [placed],
    { ...good, charges: [charge, second], ledger: [taken, { ...taken, id: "ORD2", external_reference: "charge-2" }] },
  ],
  ["refunded_twice", "two refunds were made", [placed], withLedger(cancelled, { refunds: [refund, refund] })],
  ["refunded_more_than_paid", "more went back than came", [placed], withLedger(cancelled, { refunded_cents: 5_180 })],
  [
    "money_kept",
    "a charge is approved, and its order is neither paid nor refunded",
    [placed],
    { ...cancelled, charges: good.charges, ledger: good.ledger },
  ],
  [
    "money_kept",
    "the provider took money for no charge of ours",
    [placed],
    { ...good, ledger: [taken, { ...taken, id: "ORD9", external_reference: "nobody" }] },
  ],
  [
    "money_missing",
    "the food was handed over and the money went back though nobody of the staff asked for it",
    [placed],
    { ...cancelled, orders: good.orders, tracking: good.tracking },
  ],
  ["books_differ", "our books do not know of a payment", [placed], withCharge(good, { approved_at: null })],
  ["books_differ", "our books do not know of a refund", [placed], withCharge(cancelled, { refunded_cents: 0 })],
  [
    "kitchen_before_money",
    "the kitchen began before the money came",
    [placed],
    withLedger(good, { paid_at: "2026-01-15T12:00:30.000Z" }),
  ],
  [
    "kitchen_before_money",
    "nobody ever paid for what was cooked",
    [placed],
    withCharge(withLedger(good, { paid_cents: 0, times_paid: 0, paid_at: null }), { approved_at: null }),
  ],
  [
    "impossible_path",
    "an order skipped its payment",
    [placed],
    withPath(["requested", MONEY_AT], ["delivered", MONEY_AT]),
  ],
  ["stuck", "an order still waits", [placed], withOrder({ status: "requested", payment_status: "pending" })],
  ["stuck", "a charge still waits", [placed], withCharge(good, { status: "in_process" })],
  ["stuck", "a refund is still under way at the provider", [placed], withLedger(cancelled, { refunding_cents: 2_590 })],
  [
    "stuck",
    "a code can still be paid",
    [placed],
    { ...good, ledger: [taken, { ...taken, id: "ORD3", status: "created" }] },
  ],
  ["stuck", "an event was given up", [placed], { ...good, parked: 1 }],
  [
    "number_twice",
    "two orders of a day are called by one number",
    [placed],
    { ...good, orders: [order, { ...order, id: "order-2", customer_name: "Chaos 2" }] },
  ],
  [
    "version_jump",
    "a move raised the version by two",
    [moved, placed].map((one) => ({ ...one, seen: { ...order, version: 5 } })),
    good,
  ],
  [
    "version_jump",
    "one version showed two states",
    [placed, { ...placed, op: "read", isKeyed: false, seen: { ...order, version: 2 } }],
    good,
  ],
  [
    "version_jump",
    "a later read showed an older order",
    [
      { ...placed, op: "read", isKeyed: false, seen: order },
      { ...placed, op: "read", isKeyed: false, startedAt: 3, endedAt: 4 },
    ],
    good,
  ],
];

describe("the checker of a chaos run", () => {
  it("when all was well, then it finds nothing and says so with the seed", () => {
    expect(check([placed], good).violations).toEqual([]);
    expect(check([placed], cancelled).violations).toEqual([]);
    const summary = describeReport(check([placed], good), 42);
    expect(summary).toContain("chaos seed 42: 1 orders, 1 paid, 0 refunded, 0 unpaid; 0 lost, 0 double-paid");
  });

  it("when staff gave the money of served food back, then that is no fault", () => {
    const asked = { ...placed, op: "refund", key: "key-2" };
    const dump = { ...cancelled, orders: [{ ...order, payment_status: "refunded" }], tracking: good.tracking };
    expect(check([placed, asked], dump).violations).toEqual([]);
  });

  it.each(BROKEN)("when %s was broken because %s, then it is found", (invariant, _why, history, dump) => {
    expect(found(history, dump)).toContain(invariant);
  });

  it("when a request needed a second try, then the share of first tries tells", () => {
    const failed = { ...placed, status: 503, seen: null };
    const again = { ...placed, number: 2 };
    const report = check([failed, again, { ...placed, op: "pay", key: "key-3", seen: null }], good);
    expect(report).toMatchObject({ firstTry: 0.5, withinFive: 1, triesMax: 2 });
  });
});
