import type { OrderStatus } from "@comanda/contracts";
import type { Id } from "@comanda/primitives";
import type { Change, Charge, FeedEntry, Order } from "../../../services/order/src/domain/order.ts";
import { currentCharge } from "../../../services/order/src/domain/order.ts";
import { eventOf, PAYMENT_REQUESTED, SAFETY_NET_S } from "../../../services/order/src/domain/payment-events.ts";
import type { KeyName, RequestKey } from "../../../services/order/src/storage/idempotency-keys.ts";
import { PLACE_ROUTE } from "../../../services/order/src/storage/idempotency-keys.ts";
import type { Placement } from "../../../services/order/src/storage/place-orders.ts";
import type { SavingOptions } from "../../../services/order/src/storage/save-change.ts";
import type { OutboxRow } from "./outbox-table.ts";

/** What one transaction has written and nobody else sees yet. A statement by itself is a transaction, too. */
export type Writing = {
  readonly orders: Map<Id, Order>;
  readonly feed: FeedRow[];
  readonly outbox: OutboxRow[];
  readonly withdrawn: OutboxRow[];
  readonly inbox: string[];
  readonly keys: Map<string, KeyRow>;
  isOver: boolean;
};

type FeedRow = { readonly orderId: Id; readonly entry: Omit<FeedEntry, "by"> & { readonly by: string } };
type KeyRow = {
  readonly fingerprint: string;
  readonly orderId: Id | null;
  readonly answer: unknown;
  readonly createdAt: number;
};

/** What a commit made true, for those who watch over it. */
export type Committed = {
  readonly before: Order | null;
  readonly order: Order;
  readonly feed: readonly FeedRow["entry"][];
};

/** The tables of the order service in memory: rows that only a commit changes, and sequences that nothing takes back. */
export type OrderTables = {
  readonly orders: Map<Id, Order>;
  readonly feed: FeedRow[];
  readonly outbox: OutboxRow[];
  readonly inbox: Set<string>;
  readonly keys: Map<string, KeyRow>;
  readonly numbers: Map<string, number>;
  readonly seq: { last: number };
  readonly newId: () => Id;
  readonly now: () => number;
};

export function makeOrderTables(options: Pick<OrderTables, "newId" | "now">): OrderTables {
  return {
    orders: new Map(),
    feed: [],
    outbox: [],
    inbox: new Set(),
    keys: new Map(),
    numbers: new Map(),
    seq: { last: 0 },
    ...options,
  };
}

export function beginWriting(): Writing {
  return { orders: new Map(), feed: [], outbox: [], withdrawn: [], inbox: [], keys: new Map(), isOver: false };
}

/** Makes everything true at once. */
export function commit(tables: OrderTables, writing: Writing): readonly Committed[] {
  if (writing.isOver) return [];
  writing.isOver = true;
  const committed = [...writing.orders].map(([id, order]) => ({
    before: tables.orders.get(id) ?? null,
    order,
    feed: writing.feed.filter(({ orderId }) => orderId === id).map(({ entry }) => entry),
  }));
  for (const [id, order] of writing.orders) tables.orders.set(id, order);
  tables.feed.push(...writing.feed);
  for (const row of writing.withdrawn) {
    row.isWithdrawn = row.sentAt === null;
    row.sentAt ??= tables.now();
  }
  tables.outbox.push(...writing.outbox);
  // In the order of their numbers, however late they were committed.
  if (writing.outbox.length > 0) tables.outbox.sort((one, other) => one.seq - other.seq);
  for (const id of writing.inbox) tables.inbox.add(id);
  for (const [name, row] of writing.keys) tables.keys.set(name, row);
  return committed;
}

/** As the next statement of this transaction sees it. */
export function seenOrder(tables: OrderTables, writing: Writing | null, id: Id): Order | null {
  return writing?.orders.get(id) ?? tables.orders.get(id) ?? null;
}

/** The statement of `placeOrders`. `null`: its key was used before, and nothing is written. */
export function place(tables: OrderTables, writing: Writing, placement: Placement): number | null {
  const { order: draft, key, placedAs, traceparent } = placement;
  if (key !== null) {
    const name = nameOf({ ...key, route: PLACE_ROUTE });
    if (tables.keys.has(name)) return null;
    writing.keys.set(name, { fingerprint: key.fingerprint, orderId: draft.id, answer: null, createdAt: tables.now() });
  }
  const number = tables.numbers.get(draft.businessDay) ?? firstNumber(tables, draft.businessDay);
  tables.numbers.set(draft.businessDay, number + 1);
  const order: Order = { ...draft, number, version: 1, paidAt: draft.status === "paid" ? draft.createdAt : null };
  writing.orders.set(order.id, order);
  const entry = { kind: "status", reason: null, at: order.createdAt } as const;
  writing.feed.push({
    orderId: order.id,
    entry: { ...entry, status: "requested", by: placedAs, actorId: order.placedBy },
  });
  if (order.status === "paid") {
    writing.feed.push({ orderId: order.id, entry: { ...entry, status: "paid", by: "payment", actorId: null } });
  }
  const charge = currentCharge(order);
  if (charge !== null) say(tables, writing, { order, wish: { kind: "charge", charge }, traceparent });
  return number;
}

/** Above the highest number that an order of an earlier day still holds. */
function firstNumber(tables: OrderTables, day: string): number {
  const active: readonly OrderStatus[] = ["requested", "paid", "preparing", "ready_for_pickup", "out_for_delivery"];
  const held = [...tables.orders.values()].filter(
    ({ businessDay, status }) => businessDay < day && active.includes(status),
  );
  return Math.max(0, ...held.map(({ number }) => number)) + 1;
}

/** The statement of `saveChange`. */
export function save(tables: OrderTables, writing: Writing, change: Change, options: SavingOptions): boolean {
  const { before } = change;
  const present = seenOrder(tables, writing, before.id);
  if (present === null || present.version !== before.version) return false;
  writeChange(tables, writing, { change, present, options });
  return true;
}

/** The statement once its version was found to be the expected one. */
function writeChange(
  tables: OrderTables,
  writing: Writing,
  { change, present, options }: { readonly change: Change; readonly present: Order; readonly options: SavingOptions },
): void {
  const { before, order, feed, wishes } = change;
  const { answer, answered = [], traceparent } = options;
  const { status, paymentStatus, paidBy, version, updatedAt, paidAt, startedAt, readyAt } = order;
  const moved = new Map(order.lines.filter((line) => !before.lines.includes(line)).map((line) => [line.id, line]));
  writing.orders.set(before.id, {
    ...present,
    ...{ status, paymentStatus, paidBy, version, updatedAt, paidAt, startedAt, readyAt },
    lines: present.lines.map((line) => {
      const { status: step, refusedAt, refundAskedAt } = moved.get(line.id) ?? line;
      return { ...line, status: step, refusedAt, refundAskedAt };
    }),
    charges: order.charges.filter((charge) => !before.charges.includes(charge)).reduce(withCharge, present.charges),
  });
  for (const entry of feed) writing.feed.push({ orderId: before.id, entry });
  for (const wish of wishes) say(tables, writing, { order, wish, traceparent });
  writing.withdrawn.push(...tables.outbox.filter((row) => isAnswered(row, before.id, answered)));
  if (answer === undefined) return;
  const name = nameOf(answer.name);
  const known = writing.keys.get(name) ?? tables.keys.get(name);
  if (known !== undefined) writing.keys.set(name, { ...known, answer: asJson(answer.answer) });
}

/** `on conflict … do update … where order_charges.version <= excluded.version` */
function withCharge(charges: readonly Charge[], charge: Charge): readonly Charge[] {
  const known = charges.find(({ paymentId }) => paymentId === charge.paymentId);
  if (known === undefined) return [...charges, charge].sort((one, other) => one.attempt - other.attempt);
  if (known.version > charge.version) return charges;
  const { status, refundedCents, refundingCents, qrCode, paymentLink, expiresAt, approvedAt, version, detail } = charge;
  const seen = { status, refundedCents, refundingCents, qrCode, paymentLink, expiresAt, approvedAt, version, detail };
  const next = { ...known, ...seen };
  return charges.map((other) => (other === known ? next : other));
}

function isAnswered(row: OutboxRow, orderId: Id, answered: readonly Id[]): boolean {
  const isWaiting = row.sentAt === null && row.parkedAt === null;
  if (!isWaiting || row.subject !== orderId || row.type !== PAYMENT_REQUESTED) return false;
  const data = row.data as { readonly payment_id: Id }; // written below, by eventOf
  return answered.includes(data.payment_id);
}

/** Writes an event into the outbox, with the effect that it tells of. */
export function say(
  tables: OrderTables,
  writing: Writing,
  said: {
    readonly order: Order;
    readonly wish: Change["wishes"][number];
    readonly traceparent: string | null;
  },
): void {
  const { order, wish, traceparent } = said;
  const { type, data } = eventOf(order, wish);
  const isNet = wish.kind === "charge" && wish.charge.method !== "counter";
  tables.seq.last += 1;
  writing.outbox.push({
    seq: tables.seq.last,
    id: tables.newId(),
    type,
    subject: order.id,
    data: asJson(data),
    traceparent,
    createdAt: tables.now(),
    availableAt: tables.now() + (isNet ? SAFETY_NET_S * 1000 : 0),
    lockedUntil: null,
    attempts: 0,
    sentAt: null,
    isWithdrawn: false,
    parkedAt: null,
    lastError: null,
  });
}

export function nameOf({ scope, route, key }: KeyName | (RequestKey & { readonly route: string })): string {
  return JSON.stringify([scope, route, key]);
}

/** What is left of a value when it was stored as JSON. */
export function asJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
