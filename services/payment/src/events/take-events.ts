import { type KnownEvent, parseEvent } from "@comanda/contracts";
import { type ReceiveResult, receiveBatch } from "@comanda/messaging";
import { type Result, refuse } from "@comanda/primitives";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";
import { onCustomerErased } from "./on-customer-erased.ts";
import { onPaymentCancelled } from "./on-payment-cancelled.ts";
import { onPaymentRequested } from "./on-payment-requested.ts";
import { onRefundRequested } from "./on-refund-requested.ts";

/** Takes in a batch of events from `producer`, each by itself. */
export function takeEvents(
  desk: ChargeDesk,
  batch: readonly unknown[],
  producer: string,
): Promise<readonly ReceiveResult[]> {
  return receiveBatch<KnownEvent>({
    batch,
    parse: (input) => parseForUs(input, producer),
    subjectOf: ({ envelope }) => envelope.subject,
    handle: (event) => handle(desk, event),
    onError: (error) => desk.log.error({ err: error }, "an event could not be taken in"),
  });
}

function parseForUs(input: unknown, producer: string): Result<KnownEvent, string> {
  // What we say ourselves is nothing to hear.
  return producer === "payment" ? refuse("payment does not listen to itself") : parseEvent(input, producer);
}

async function handle(desk: ChargeDesk, event: KnownEvent): Promise<void> {
  const traceparent = event.envelope.traceparent ?? null;
  switch (event.kind) {
    case "payment-requested":
      return onPaymentRequested(desk, event.data, traceparent);
    case "payment-cancelled":
      return onPaymentCancelled(desk, event.data, { saidAt: new Date(event.envelope.time), traceparent });
    case "customer-erased":
      return onCustomerErased(desk, event.data);
    case "refund-requested":
      return onRefundRequested(desk, event.data, { saidAt: new Date(event.envelope.time), traceparent });
    case "payment-changed":
      return;
  }
}
