import type { RefundRequested } from "@comanda/contracts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";
import { refundCharge } from "../use-cases/refund-charge.ts";

/** Events of one order come in order, but the wish for its charge may have been given up on the way; after this it was. */
const MAY_STILL_COME_MS = 60_000;

/**
 * Lines of an order will not be made: what they cost goes back. A line names its refund, so that the same event again
 * changes nothing. What cannot go back any more (all of it is on its way already) is what was wanted.
 * @throws Error when the charge may still come, so that the event comes again
 */
export async function onRefundRequested(
  desk: ChargeDesk,
  data: RefundRequested,
  context: { readonly saidAt: Date; readonly traceparent: string | null },
): Promise<void> {
  const { order_id: order, payment_id: payment, items, amount_cents: amountCents } = data;
  const request = {
    amountCents: null,
    lines: items.map(({ id, quantity }) => ({ itemId: id.toLowerCase(), quantity })),
    reason: "item recusado pela cozinha",
    actor: "order",
    idempotencyKey: `lines ${items.map(({ id }) => id.toLowerCase()).join(" ")}`,
    fingerprint: null,
  };
  const ask = (wish: Parameters<typeof refundCharge>[2]["request"]) =>
    refundCharge(desk, payment.toLowerCase(), { request: wish, traceparent: context.traceparent });
  const byLine = await ask(request);
  // A charge from before lines had names: the order says what they cost.
  const isNameless = !byLine.ok && byLine.refusal.kind === "unknown-item";
  const refunded = isNameless ? await ask({ ...request, lines: [], amountCents }) : byLine;
  if (refunded.ok) return;
  const { kind } = refunded.refusal;
  const ageMs = desk.clock.now().getTime() - context.saidAt.getTime();
  if (kind === "unknown-charge" && ageMs < MAY_STILL_COME_MS) throw new Error("the charge has not come yet");
  desk.log.error({ charge: payment, order, refusal: kind, alarm: "line-not-refunded" }, "look at this charge");
}
