import { type PaymentSnapshot, toChargeDetail } from "@comanda/contracts";
import { type Id, ok, refuse } from "@comanda/primitives";
import { type ChargeSnapshot, mayBeHonoured, settle } from "../domain/settle.ts";
import type { OrderRecords } from "../storage/order-store.ts";
import { type Announce, changeOrder } from "./change-order.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

/** The name under which this service notes what it received. */
const CONSUMER = "order";

/**
 * Takes in payment's word on a charge, once: the note of the event and its effect are one transaction, and a word older
 * than what is known changes nothing. So any order and repetition of the events ends in the same state (product I8).
 * @throws OrderNotHere when the order is not here: the event is sent again for a while, and then shown to people
 */
export async function settleOrder(
  deps: OrderingDeps,
  event: { readonly id: string; readonly traceparent: string | null; readonly snapshot: ChargeSnapshot },
): Promise<void> {
  const announced: Parameters<Announce>[0][] = [];
  await deps.store.receiveOnce({ consumer: CONSUMER, eventId: event.id }, async (records) => {
    const { snapshot } = event;
    const attempt = (isClockToBlame: boolean | null) =>
      changeOrder(records, snapshot.orderId, {
        traceparent: event.traceparent,
        answered: [snapshot.paymentId],
        decide: (order) => {
          const now = deps.clock.now();
          // Only late money asks who ended the order; all other money does not wait for the answer.
          if (isClockToBlame === null && mayBeHonoured(order, snapshot, now)) return refuse({ code: "late-money" });
          return ok(settle(order, { ...snapshot, isClockToBlame: isClockToBlame === true }, now));
        },
        // Not before the commit: who looks now would see nothing.
        announce: (news) => announced.push(news),
      });
    const first = await attempt(null);
    const isLate = !first.ok && first.refusal.code === "late-money";
    const settled = isLate ? await attempt(await wasEndedByClock(records, snapshot.orderId)) : first;
    if (!settled.ok) throw new OrderNotHere(snapshot.orderId);
  });
  for (const news of announced) {
    if (news.hasEvents) {
      const about = { order: event.snapshot.orderId, payment: event.snapshot.paymentId };
      deps.log.warn(about, "payment was told to let go of a charge that the order does not want");
    }
    deps.announce(news);
  }
}

/** Payment spoke of an order that this service does not know. */
export class OrderNotHere extends Error {
  constructor(orderId: Id) {
    super(`payment spoke of order ${orderId}, which is not here`);
    this.name = "OrderNotHere";
  }
}

async function wasEndedByClock(records: OrderRecords, orderId: Id): Promise<boolean> {
  const last = (await records.tracking(orderId)).at(-1);
  return last?.status === "cancelled" && last.by === "clock";
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
    refundingCents: data.refunding_cents ?? null,
    qrCode: data.qr_code,
    paymentLink: data.payment_link,
    detail: toChargeDetail(data.detail),
    expiresAt: data.expires_at === null ? null : new Date(data.expires_at),
    approvedAt: data.approved_at === null ? null : new Date(data.approved_at),
    version: data.version,
  };
}
