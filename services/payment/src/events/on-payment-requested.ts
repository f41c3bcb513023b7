import type { PaymentRequested } from "@comanda/contracts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";
import { requestCharge } from "../use-cases/request-charge.ts";

/**
 * The order wants a charge. The same wish may have come over HTTP already; order and attempt name it, so that it is made
 * once. No inbox is needed: the charge itself remembers.
 * @throws Error when it could not be decided now, so that the event comes again
 */
export async function onPaymentRequested(
  desk: ChargeDesk,
  data: PaymentRequested,
  traceparent: string | null,
): Promise<void> {
  const requested = await requestCharge(
    desk,
    {
      id: data.payment_id.toLowerCase(),
      orderId: data.order_id.toLowerCase(),
      attempt: data.attempt,
      customerId: data.customer_id?.toLowerCase() ?? null,
      amountCents: data.amount_cents,
      method: data.method,
      description: data.description,
      items: data.items.map(({ id, title, quantity, unit_price_cents: unitPriceCents }) => ({
        id,
        title,
        quantity,
        unitPriceCents,
      })),
      payer: null,
      deviceId: data.device_id?.toLowerCase() ?? null,
      orderExpiresAt: data.order_expires_at === null ? null : new Date(data.order_expires_at),
    },
    traceparent,
  );
  if (requested.ok) return;
  const { kind } = requested.refusal;
  if (kind === "provider-away") throw new Error("the open charge of this order cannot be closed now");
  // The order hears how the other attempt ended; this one is no longer wanted.
  desk.log.warn({ order: data.order_id, payment: data.payment_id, refusal: kind }, "a charge was not made");
}
