import type { PaymentSnapshot } from "@comanda/contracts";
import { noteReceived } from "@comanda/messaging";
import { ok } from "@comanda/primitives";
import { type ChargeSnapshot, settle } from "../domain/settle.ts";
import type { OrderTables } from "../storage/schema.ts";
import { type Announce, changeOrder } from "./change-order.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

/** The name under which this service notes what it received. */
const CONSUMER = "order";

/**
 * Takes in payment's word on a charge, once: the note of the event and its effect are one transaction, and a word older
 * than what is known changes nothing. So any order and any repetition of the events ends in the same state (I8).
 * @throws Error when the order is not here: the event is sent again, and after long enough shown to people
 */
export async function settleOrder(
  deps: OrderingDeps,
  event: { readonly id: string; readonly traceparent: string | null; readonly snapshot: ChargeSnapshot },
): Promise<void> {
  const announced: Parameters<Announce>[0][] = [];
  await deps.db.transaction().execute(async (tx) => {
    if (!(await noteReceived<OrderTables>(tx, { consumer: CONSUMER, eventId: event.id }))) return;
    const { snapshot } = event;
    const settled = await changeOrder(tx, snapshot.orderId, {
      traceparent: event.traceparent,
      answered: [snapshot.paymentId],
      decide: (order) => ok(settle(order, snapshot, deps.clock.now())),
      // Not before the commit: who looks now would see nothing.
      announce: (news) => announced.push(news),
    });
    if (!settled.ok) throw new Error(`payment spoke of order ${snapshot.orderId}, which is not here`);
  });
  for (const news of announced) {
    if (news.hasEvents) {
      const about = { order: event.snapshot.orderId, payment: event.snapshot.paymentId };
      deps.log.warn(about, "payment was told to let go of a charge that the order does not want");
    }
    deps.announce(news);
  }
}

/** An event's data in our words. */
export function toChargeSnapshot(data: PaymentSnapshot): ChargeSnapshot {
  return {
    paymentId: data.payment_id,
    orderId: data.order_id,
    attempt: data.attempt,
    status: data.status,
    method: data.method,
    amountCents: data.amount_cents,
    refundedCents: data.refunded_cents,
    qrCode: data.qr_code,
    paymentLink: data.payment_link,
    expiresAt: data.expires_at === null ? null : new Date(data.expires_at),
    approvedAt: data.approved_at === null ? null : new Date(data.approved_at),
    version: data.version,
  };
}
