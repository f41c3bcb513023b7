import {
  type ChargeStatus,
  type OrderPaymentStatus,
  type OrderStatus,
  type PaymentMethod,
  toChargeDetail,
} from "@comanda/contracts";
import { type RawBuilder, sql } from "kysely";
import type { Channel, Charge, LineStatus, Order, OrderLine, ServiceMode } from "../domain/order.ts";
import type { PricedLine } from "../domain/price-line.ts";

type Choices = Pick<PricedLine, "options" | "without" | "slots">;

/** What was chosen of a line, as the column keeps it; `null` when nothing was. */
export function choicesOf(line: Choices): string | null {
  const { options, without, slots } = line;
  return options.length + without.length + slots.length === 0 ? null : JSON.stringify({ options, without, slots });
}

/** An order with its lines and charges, as one statement reads it; the instants inside JSON come as text. */
export type OrderRow = {
  id: string;
  number: number;
  business_day: string;
  status: OrderStatus;
  payment_status: OrderPaymentStatus;
  channel: Channel;
  customer_id: string | null;
  session_id: string | null;
  placed_by: string;
  service_mode: ServiceMode;
  customer_name: string | null;
  table_label: string | null;
  priority: boolean;
  total_cents: number;
  paid_by: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  expires_at: Date;
  paid_at: Date | null;
  started_at: Date | null;
  ready_at: Date | null;
  lines: readonly LineJson[];
  charges: readonly ChargeJson[] | null;
};

type LineJson = {
  id: string;
  product_id: string;
  name: string;
  unit_price_cents: number;
  quantity: number;
  total_cents: number;
  comment: string | null;
  choices: Choices | null;
  status: LineStatus;
  refused_at: string | null;
  refund_asked_at: string | null;
};

type ChargeJson = {
  payment_id: string;
  attempt: number;
  method: PaymentMethod;
  status: ChargeStatus;
  amount_cents: number;
  refunded_cents: number;
  refunding_cents: number;
  qr_code: string | null;
  payment_link: string | null;
  expires_at: string | null;
  approved_at: string | null;
  version: number;
  device_id: string | null;
  detail: string | null;
};

/** `select … from orders o`, to be followed by a condition. */
export const SELECT_ORDERS: RawBuilder<OrderRow> = sql<OrderRow>`
  select o.id, o.number, o.business_day, o.status, o.payment_status, o.channel, o.customer_id, o.session_id, o.placed_by,
    o.service_mode, o.customer_name, o.table_label, o.priority, o.total_cents, o.paid_by, o.version, o.created_at,
    o.updated_at, o.expires_at, o.paid_at, o.started_at, o.ready_at,
    (select json_agg(json_build_object('id', i.id, 'product_id', i.product_id, 'name', i.name,
        'unit_price_cents', i.unit_price_cents, 'quantity', i.quantity, 'total_cents', i.total_cents,
        'comment', i.comment, 'choices', i.choices, 'status', i.status, 'refused_at', i.refused_at,
        'refund_asked_at', i.refund_asked_at) order by i.position)
      from order_items i where i.order_id = o.id) as lines,
    (select json_agg(json_build_object('payment_id', c.payment_id, 'attempt', c.attempt, 'method', c.method,
        'status', c.status, 'amount_cents', c.amount_cents, 'refunded_cents', c.refunded_cents,
        'refunding_cents', c.refunding_cents, 'qr_code', c.qr_code,
        'payment_link', c.payment_link, 'expires_at', c.expires_at, 'approved_at', c.approved_at,
        'version', c.version, 'device_id', c.device_id, 'detail', c.detail) order by c.attempt)
      from order_charges c where c.order_id = o.id) as charges
  from orders o`;

export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    number: row.number,
    businessDay: row.business_day,
    status: row.status,
    paymentStatus: row.payment_status,
    channel: row.channel,
    customerId: row.customer_id,
    sessionId: row.session_id,
    placedBy: row.placed_by,
    serviceMode: row.service_mode,
    customerName: row.customer_name,
    tableLabel: row.table_label,
    priority: row.priority,
    lines: row.lines.map(toLine),
    charges: (row.charges ?? []).map(toCharge),
    totalCents: row.total_cents,
    paidBy: row.paid_by,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    paidAt: row.paid_at,
    startedAt: row.started_at,
    readyAt: row.ready_at,
  };
}

const NOTHING_CHOSEN: Choices = { options: [], without: [], slots: [] };

function toLine(line: LineJson): OrderLine {
  return {
    id: line.id,
    productId: line.product_id,
    name: line.name,
    quantity: line.quantity,
    comment: line.comment,
    ...(line.choices ?? NOTHING_CHOSEN),
    unitPriceCents: line.unit_price_cents,
    totalCents: line.total_cents,
    status: line.status,
    refusedAt: toDate(line.refused_at),
    refundAskedAt: toDate(line.refund_asked_at),
  };
}

function toCharge(charge: ChargeJson): Charge {
  return {
    paymentId: charge.payment_id,
    attempt: charge.attempt,
    method: charge.method,
    status: charge.status,
    amountCents: charge.amount_cents,
    refundedCents: charge.refunded_cents,
    refundingCents: charge.refunding_cents,
    qrCode: charge.qr_code,
    paymentLink: charge.payment_link,
    deviceId: charge.device_id,
    detail: toChargeDetail(charge.detail),
    expiresAt: toDate(charge.expires_at),
    approvedAt: toDate(charge.approved_at),
    version: charge.version,
  };
}

/** Instants inside JSON come as text. */
function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
