import type { PaymentCancelled } from "@comanda/contracts";
import { cancelCharge } from "../use-cases/cancel-charge.ts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";

/** A wish for a charge may still be under way when it is taken back; after this it cannot be. */
const MAY_STILL_COME_MS = 60_000;

/**
 * The order no longer wants a charge: closed if it is open, the money given back if it was paid. Again changes nothing.
 * @throws Error when it could not be done now, so that the event comes again
 */
export async function onPaymentCancelled(
  desk: ChargeDesk,
  data: PaymentCancelled,
  context: { readonly saidAt: Date; readonly traceparent: string | null },
): Promise<void> {
  const cancelled = await cancelCharge(desk, data.payment_id.toLowerCase(), {
    reason: data.reason,
    refundIfPaid: true,
    traceparent: context.traceparent,
  });
  if (cancelled.ok) return;
  switch (cancelled.refusal.kind) {
    case "already-closed":
    case "already-paid":
      return;
    case "being-closed":
      throw new Error("the card terminal has not given the charge up yet");
    case "provider-away":
      throw new Error("the charge cannot be closed at the provider now");
    case "unknown-charge":
      if (desk.clock.now().getTime() - context.saidAt.getTime() < MAY_STILL_COME_MS) {
        throw new Error("the charge to be cancelled has not come yet");
      }
      return;
  }
}
