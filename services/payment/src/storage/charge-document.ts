import { CHARGE_STATUSES, PAYMENT_METHODS, toChargeDetail } from "@comanda/contracts";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Charge, FlowEntry, Refund, UnsentEvent } from "../domain/charge.ts";
import { missingEntries } from "../domain/ledger.ts";
import { newestAsOf } from "../domain/provider-facts.ts";
import { CHARGE_FORMAT, upgradeCharge } from "./upgrade-charge.ts";

const Text = Type.String();
const NullableText = Type.Union([Type.String(), Type.Null()]);
const Whole = Type.Integer({ minimum: 0 });

const StoredRefund = Type.Object({
  id: Text,
  amountCents: Whole,
  lines: Type.Array(Type.Object({ itemId: Text, quantity: Whole, amountCents: Whole })),
  status: Type.Enum(["requested", "unknown", "in_process", "done", "failed"]),
  reason: Text,
  idempotencyKey: NullableText,
  fingerprint: NullableText,
  providerRefundId: NullableText,
  strayPaymentId: NullableText,
  requestedAt: Text,
  askedAt: NullableText,
  settledAt: NullableText,
});

const StoredEntry = Type.Object({
  at: Text,
  kind: Type.Enum(["intent", "request", "answer", "notification", "decision", "event"]),
  // Absent in what was written before steps bore their name. Any text: a newer release may name more of them.
  code: Type.Optional(Text),
  summary: Text,
  // MongoDB keeps it as JSON text (mongo-records.ts says why).
  detail: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.String()]),
});

const ACCOUNTS = ["provider", "drawer", "customer_owed", "sales", "losses"] as const;

const StoredMoney = Type.Object({
  at: Text,
  why: Type.Enum(["paid", "refund-wanted", "returned", "charged-back", "stray-came", "stray-returned"]),
  isReversal: Type.Boolean(),
  debit: Type.Enum(ACCOUNTS),
  credit: Type.Enum(ACCOUNTS),
  amountCents: Whole,
});

const StoredCharge = Type.Object({
  format: Type.Literal(CHARGE_FORMAT),
  id: Text,
  orderId: Text,
  attempt: Type.Integer({ minimum: 1 }),
  customerId: NullableText,
  method: Type.Enum(PAYMENT_METHODS),
  amountCents: Whole,
  currency: Type.Literal("BRL"),
  description: Text,
  items: Type.Array(Type.Object({ id: Text, title: Text, quantity: Whole, unitPriceCents: Whole })),
  status: Type.Enum(CHARGE_STATUSES),
  refundedCents: Whole,
  provider: Type.Enum(["mercadopago", "counter"]),
  providerId: NullableText,
  providerPaymentId: NullableText,
  endToEndId: NullableText,
  qrCode: NullableText,
  paymentLink: NullableText,
  // Absent in what was written before there were card terminals.
  place: Type.Optional(
    Type.Union([Type.Null(), Type.Object({ deviceId: Text, externalPosId: NullableText, terminalId: NullableText })]),
  ),
  detail: Type.Optional(NullableText),
  expiresAt: NullableText,
  approvedAt: NullableText,
  making: Type.Enum(["asked", "unknown", "unavailable", "settled"]),
  askedAt: NullableText,
  refunds: Type.Array(StoredRefund),
  entries: Type.Array(StoredEntry),
  // Absent in what was written before there was a ledger: then it is opened with what the charge is.
  ledger: Type.Optional(Type.Array(StoredMoney)),
  // Absent in what was written before it was kept: then the flow tells it.
  asOf: Type.Optional(NullableText),
  checks: Whole,
  version: Type.Integer({ minimum: 1 }),
  createdAt: Text,
  updatedAt: Text,
});

const StoredEvent = Type.Object({
  id: Text,
  type: Text,
  at: Text,
  data: Type.Unknown(),
  traceparent: NullableText,
  attempts: Whole,
  availableAt: Text,
  lockedUntil: NullableText,
  parkedAt: NullableText,
  lastError: NullableText,
});

/**
 * A charge as it is stored: plain JSON, dates as ISO text with milliseconds, the same in both stores. `nextCheckAt` and
 * the unsent events are kept beside it, because they move without a new version.
 */
export type StoredCharge = Static<typeof StoredCharge>;

/** An unsent event as it is stored. */
export type StoredEvent = Static<typeof StoredEvent>;

const chargeShape = Compile(StoredCharge);
const eventsShape = Compile(Type.Array(StoredEvent));

/** Writes a charge as a document of the present format. */
export function encodeCharge(charge: Charge): StoredCharge {
  const { nextCheckAt: _, unsent: __, ...kept } = charge;
  return {
    format: CHARGE_FORMAT,
    ...kept,
    items: charge.items.map(({ id, title, quantity, unitPriceCents }) => ({ id, title, quantity, unitPriceCents })),
    expiresAt: toText(charge.expiresAt),
    approvedAt: toText(charge.approvedAt),
    askedAt: toText(charge.askedAt),
    asOf: toText(charge.asOf),
    refunds: charge.refunds.map(encodeRefund),
    entries: charge.entries.map((entry) => ({ ...entry, at: entry.at.toISOString(), detail: { ...entry.detail } })),
    ledger: charge.ledger.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
    createdAt: charge.createdAt.toISOString(),
    updatedAt: charge.updatedAt.toISOString(),
  };
}

/**
 * Reads a charge from what a store holds of it; the one door from both stores into the domain. What is of a past format
 * is brought to the present one first, and is written in it with the charge's next change.
 * @throws Error when the document has not the shape of its format: better no answer than a wrong one about money
 */
export function decodeCharge(stored: {
  readonly document: unknown;
  readonly nextCheckAt: Date | null;
  readonly unsent: unknown;
}): Charge {
  const document = upgradeCharge(stored.document);
  if (!chargeShape.Check(document)) throw unreadable(document);
  const { format: _, ...kept } = document;
  const entries = document.entries.map(decodeEntry);
  const charge: Charge = {
    ...kept,
    ledger: (document.ledger ?? []).map((entry) => ({ ...entry, at: new Date(entry.at) })),
    place: document.place ?? null,
    detail: toChargeDetail(document.detail),
    expiresAt: toDate(document.expiresAt),
    approvedAt: toDate(document.approvedAt),
    askedAt: toDate(document.askedAt),
    refunds: document.refunds.map(decodeRefund),
    entries,
    asOf: document.asOf === undefined ? newestAsOf(entries) : toDate(document.asOf),
    unsent: decodeEvents(stored.unsent),
    nextCheckAt: stored.nextCheckAt,
    createdAt: new Date(document.createdAt),
    updatedAt: new Date(document.updatedAt),
  };
  return document.ledger === undefined ? { ...charge, ledger: missingEntries(charge, charge.updatedAt) } : charge;
}

/** Writes an unsent event. */
export function encodeEvent(event: UnsentEvent): StoredEvent {
  return {
    id: event.id,
    type: event.type,
    at: event.at.toISOString(),
    data: event.data,
    traceparent: event.traceparent,
    attempts: event.attempts,
    availableAt: event.availableAt.toISOString(),
    lockedUntil: toText(event.lockedUntil),
    parkedAt: toText(event.parkedAt),
    lastError: event.lastError,
  };
}

/**
 * Reads unsent events.
 * @throws Error when they have not their shape
 */
export function decodeEvents(stored: unknown): UnsentEvent[] {
  if (!eventsShape.Check(stored)) throw new Error("the unsent events of a charge cannot be read");
  return stored.map((event) => ({
    ...event,
    at: new Date(event.at),
    availableAt: new Date(event.availableAt),
    lockedUntil: toDate(event.lockedUntil),
    parkedAt: toDate(event.parkedAt),
  }));
}

function encodeRefund(refund: Refund): StoredCharge["refunds"][number] {
  const lines = refund.lines.map(({ itemId, quantity, amountCents }) => ({ itemId, quantity, amountCents }));
  const { requestedAt, askedAt, settledAt } = refund;
  return {
    ...refund,
    lines,
    requestedAt: requestedAt.toISOString(),
    askedAt: toText(askedAt),
    settledAt: toText(settledAt),
  };
}

function decodeRefund(stored: StoredCharge["refunds"][number]): Refund {
  const { requestedAt, askedAt, settledAt } = stored;
  return { ...stored, requestedAt: new Date(requestedAt), askedAt: toDate(askedAt), settledAt: toDate(settledAt) };
}

function decodeEntry(stored: StoredCharge["entries"][number]): FlowEntry {
  const detail: unknown = typeof stored.detail === "string" ? JSON.parse(stored.detail) : stored.detail;
  if (typeof detail !== "object" || detail === null) throw new Error("the detail of a charge's entry is no object");
  return { ...stored, at: new Date(stored.at), detail: { ...detail } };
}

function unreadable(document: unknown): Error {
  const field = (name: string): unknown =>
    typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined;
  const format = field("format");
  const reason =
    format === CHARGE_FORMAT
      ? `at ${chargeShape.Errors(document)[0]?.instancePath ?? "its root"}`
      : `its format is ${String(format)}, this code reads ${CHARGE_FORMAT}`;
  return new Error(`the document of charge ${String(field("id"))} cannot be read: ${reason}`);
}

function toText(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
