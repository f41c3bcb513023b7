import type { PaymentMethod } from "@comanda/contracts";
import {
  addSeconds,
  businessDayOf,
  type Cents,
  type Id,
  ORDER_TOTAL_MAX_CENTS,
  ok,
  type Result,
  refuse,
} from "@comanda/primitives";
import type { Catalogue } from "./catalogue.ts";
import type { ActorRole, Channel, Charge, Order, ServiceMode } from "./order.ts";
import { paymentStatusOf } from "./payment-status.ts";
import { type LineRefusal, type PricedLine, priceLine, type RequestedLine } from "./price-line.ts";

export const LINES_MAX = 50;

/** What somebody orders, and who and when; `newId` makes the names of everything in it. */
export type OrderRequest = {
  readonly lines: readonly RequestedLine[];
  readonly method: PaymentMethod;
  /** Where the guest stands, when that is a paired device. */
  readonly deviceId: Id | null;
  readonly channel: Channel;
  readonly customerId: Id | null;
  readonly sessionId: string | null;
  readonly placedBy: Id;
  readonly placedAs: ActorRole;
  readonly serviceMode: ServiceMode;
  readonly customerName: string | null;
  readonly tableLabel: string | null;
  readonly priority: boolean;
  readonly now: Date;
  readonly expiresInSeconds: number;
  readonly newId: () => Id;
};

/** An order that has no number yet: that is given when it is written. */
export type OrderDraft = Omit<Order, "number">;

export type OrderRefusal =
  | { readonly code: "payment-method-unavailable" }
  | { readonly code: "line-count-out-of-range" }
  | { readonly code: "order-total-too-high" }
  | { readonly code: "line-refused"; readonly index: number; readonly refusal: LineRefusal };

/** Makes an order with the names and prices of this moment; what the client may think of prices is never asked. */
export function draftOrder(catalogue: Catalogue, request: OrderRequest): Result<OrderDraft, OrderRefusal> {
  if (request.method === "terminal" && request.deviceId === null) return refuse({ code: "payment-method-unavailable" });
  const { length } = request.lines;
  if (length < 1 || length > LINES_MAX) return refuse({ code: "line-count-out-of-range" });
  const lines: PricedLine[] = [];
  let totalCents: Cents = 0;
  for (const [index, line] of request.lines.entries()) {
    const priced = priceLine(catalogue, line);
    if (!priced.ok) return refuse({ code: "line-refused", index, refusal: priced.refusal });
    lines.push(priced.value);
    totalCents += priced.value.totalCents;
  }
  if (totalCents > ORDER_TOTAL_MAX_CENTS) return refuse({ code: "order-total-too-high" });
  return ok(bornOf(request, lines, totalCents));
}

const NOT_REFUSED = { refusedAt: null, refundAskedAt: null };

function bornOf(request: OrderRequest, lines: readonly PricedLine[], totalCents: Cents): OrderDraft {
  const { now, newId, method, deviceId } = request;
  // What costs nothing is paid for (T2).
  const status = totalCents === 0 ? "paid" : "requested";
  const charges =
    totalCents === 0 ? [] : [newCharge({ paymentId: newId(), attempt: 1, method, deviceId, amountCents: totalCents })];
  return {
    id: newId(),
    businessDay: businessDayOf(now),
    status,
    paymentStatus: paymentStatusOf({ status, charges }),
    channel: request.channel,
    customerId: request.customerId,
    sessionId: request.sessionId,
    placedBy: request.placedBy,
    serviceMode: request.serviceMode,
    customerName: request.customerName,
    tableLabel: request.tableLabel,
    priority: request.priority,
    lines: lines.map((line) => ({ ...line, id: newId(), status: "queued", ...NOT_REFUSED })),
    charges,
    totalCents,
    paidBy: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    expiresAt: addSeconds(now, request.expiresInSeconds),
    paidAt: status === "paid" ? now : null,
    startedAt: null,
    readyAt: null,
  };
}

/** A charge that payment has not heard of yet; the order names it, so that asking twice makes one. */
export function newCharge(charge: {
  readonly paymentId: Id;
  readonly attempt: number;
  readonly method: PaymentMethod;
  readonly deviceId: Id | null;
  readonly amountCents: Cents;
}): Charge {
  const { paymentId, attempt, method, deviceId, amountCents } = charge;
  return {
    paymentId,
    attempt,
    method,
    deviceId,
    status: "created",
    amountCents,
    refundedCents: 0,
    refundingCents: 0,
    qrCode: null,
    paymentLink: null,
    detail: null,
    expiresAt: null,
    approvedAt: null,
    version: 0,
  };
}

/**
 * The order as it was when it was placed, from what never changes of it: the answer that a repeated request gets again,
 * without having stored it.
 */
export function asPlaced(order: Order): Order {
  const status = order.totalCents === 0 ? "paid" : "requested";
  const charges = order.charges.filter(({ attempt }) => attempt === 1).map(newCharge);
  return {
    ...order,
    status,
    charges,
    paymentStatus: paymentStatusOf({ status, charges }),
    lines: order.lines.map((line) => ({ ...line, status: "queued", ...NOT_REFUSED })),
    paidBy: null,
    version: 1,
    updatedAt: order.createdAt,
    paidAt: status === "paid" ? order.createdAt : null,
    startedAt: null,
    readyAt: null,
  };
}
