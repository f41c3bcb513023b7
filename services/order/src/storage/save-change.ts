import { type Id, newId } from "@comanda/primitives";
import { type Kysely, sql } from "kysely";
import type { Change, Charge } from "../domain/order.ts";
import { eventOf, PAYMENT_REQUESTED, SAFETY_NET_S } from "../domain/payment-events.ts";
import type { KeyName } from "./idempotency-keys.ts";
import type { OrderTables } from "./schema.ts";

/** What is written in the same breath as a change. */
export type SavingOptions = {
  readonly traceparent: string | null;
  /** Charges that payment has already answered for, so that the event that would ask again is taken back. */
  readonly answered?: readonly Id[];
  /** The answer to keep for repetitions of the request that caused it. */
  readonly answer?: { readonly name: KeyName; readonly answer: unknown } | undefined;
  /** Writes the change into the audit trail, as the last part of its transaction: both are true or neither. */
  readonly note?: NoteChange | undefined;
};

/** Says in the audit trail who made a change of an order. */
export type NoteChange = (tx: Kysely<OrderTables>, change: Change) => Promise<void>;

/**
 * Writes a change of an order, everything of it or nothing: order, lines, charges, feed, events, and the entry of the
 * audit trail where somebody must answer for it.
 * @returns `false` when the order is no longer as it was when the change was decided
 */
export async function saveChange(db: Kysely<OrderTables>, change: Change, options: SavingOptions): Promise<boolean> {
  const { note } = options;
  if (note === undefined) return writeChange(db, change, options);
  return db.transaction().execute(async (tx) => {
    const isSaved = await writeChange(tx, change, options);
    if (isSaved) await note(tx, change);
    return isSaved;
  });
}

/** One statement, since it is a transaction in itself and needs one round trip. */
async function writeChange(db: Kysely<OrderTables>, change: Change, options: SavingOptions): Promise<boolean> {
  const { before, order } = change;
  const { answer, answered = [] } = options;
  const { rows } = await sql<{ saved: boolean }>`
    with moved as (
      update orders set status = ${order.status}, payment_status = ${order.paymentStatus}, paid_by = ${order.paidBy},
        version = ${order.version}, updated_at = ${order.updatedAt}, paid_at = ${order.paidAt},
        started_at = ${order.startedAt}, ready_at = ${order.readyAt}
      where id = ${before.id} and version = ${before.version}
      returning id
    ), charged as (
      insert into order_charges (payment_id, order_id, attempt, method, status, amount_cents, refunded_cents, refunding_cents, qr_code,
        payment_link, expires_at, approved_at, version, device_id, detail)
      select c.payment_id, moved.id, c.attempt, c.method, c.status, c.amount_cents, c.refunded_cents, c.refunding_cents, c.qr_code,
        c.payment_link, c.expires_at, c.approved_at, c.version, c.device_id, c.detail
      from moved, jsonb_to_recordset(${chargesOf(change)}::jsonb) as c (payment_id uuid, attempt smallint, method text,
        status text, amount_cents integer, refunded_cents integer, refunding_cents integer, qr_code text, payment_link text,
        expires_at timestamptz, approved_at timestamptz, version integer, device_id uuid, detail text)
      on conflict (payment_id) do update set status = excluded.status, refunded_cents = excluded.refunded_cents,
        refunding_cents = excluded.refunding_cents,
        qr_code = excluded.qr_code, payment_link = excluded.payment_link, expires_at = excluded.expires_at,
        approved_at = excluded.approved_at, version = excluded.version, detail = excluded.detail
      where order_charges.version <= excluded.version
    ), lined as (
      update order_items i set status = l.status, refused_at = l."refusedAt", refund_asked_at = l."refundAskedAt"
      from moved, jsonb_to_recordset(${linesOf(change)}::jsonb) as l (id uuid, status text, "refusedAt" timestamptz,
        "refundAskedAt" timestamptz)
      where i.order_id = moved.id and i.id = l.id
    ), told as (
      insert into order_feed (order_id, kind, status, by, actor_id, reason, at)
      select moved.id, f.kind, f.status, f.by, f."actorId", f.reason, f.at
      from moved, jsonb_to_recordset(${JSON.stringify(change.feed)}::jsonb) as f (kind text, status text, by text,
        "actorId" uuid, reason text, at timestamptz)
    ), said as (
      insert into outbox (id, type, subject, data, traceparent, available_at)
      select e.id, e.type, moved.id, e.data, ${options.traceparent}, now() + e.delay * interval '1 second'
      from moved, jsonb_to_recordset(${eventsOf(change)}::jsonb) as e (id uuid, type text, data jsonb, delay integer)
    ), withdrawn as (
      update outbox set sent_at = now() from moved
      where subject = moved.id and type = ${PAYMENT_REQUESTED} and sent_at is null and parked_at is null
        and data ->> 'payment_id' = any(${[...answered]}::text[])
    ), kept as (
      update idempotency_keys set answer = ${JSON.stringify(answer?.answer ?? null)}::jsonb from moved
      where ${answer !== undefined} and scope = ${answer?.name.scope ?? null} and route = ${answer?.name.route ?? null}
        and key = ${answer?.name.key ?? null}
    )
    select exists (select 1 from moved) as saved`.execute(db);
  return rows[0]?.saved === true;
}

function chargesOf({ before, order }: Change): string {
  const changed = order.charges.filter((charge) => !before.charges.includes(charge));
  return JSON.stringify(changed.map(toJson));
}

function toJson(charge: Charge): Record<string, unknown> {
  return {
    payment_id: charge.paymentId,
    attempt: charge.attempt,
    method: charge.method,
    status: charge.status,
    amount_cents: charge.amountCents,
    refunded_cents: charge.refundedCents,
    refunding_cents: charge.refundingCents,
    qr_code: charge.qrCode,
    payment_link: charge.paymentLink,
    expires_at: charge.expiresAt,
    approved_at: charge.approvedAt,
    version: charge.version,
    device_id: charge.deviceId,
    detail: charge.detail,
  };
}

function linesOf({ before, order }: Change): string {
  const changed = order.lines.filter((line) => !before.lines.includes(line));
  return JSON.stringify(
    changed.map(({ id, status, refusedAt, refundAskedAt }) => ({ id, status, refusedAt, refundAskedAt })),
  );
}

function eventsOf({ order, wishes }: Change): string {
  return JSON.stringify(
    wishes.map((wish) => ({
      id: newId(),
      ...eventOf(order, wish),
      delay: wish.kind === "charge" && wish.charge.method !== "counter" ? SAFETY_NET_S : 0,
    })),
  );
}
