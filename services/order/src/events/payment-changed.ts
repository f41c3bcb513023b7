import { parseEvent } from "@comanda/contracts";
import { type ReceiveResult, receiveBatch } from "@comanda/messaging";
import type { OrderingDeps } from "../use-cases/ordering-deps.ts";
import { settleOrder, toChargeSnapshot } from "../use-cases/settle-order.ts";

/** Takes in a batch of events from `producer`, each by itself. */
export type ReceiveEvents = (batch: readonly unknown[], producer: string) => Promise<readonly ReceiveResult[]>;

/** `comanda.payment.*`: how a charge stands. The only events that this service listens to. */
export function createReceiveEvents(deps: OrderingDeps): ReceiveEvents {
  return (batch, producer) =>
    receiveBatch({
      batch,
      parse: (input) => {
        const parsed = parseEvent(input, producer);
        if (!parsed.ok) return parsed;
        if (parsed.value.kind !== "payment-changed") return { ok: false, refusal: "not for the order service" };
        const { envelope, data } = parsed.value;
        const traceparent = envelope.traceparent ?? null;
        return { ok: true, value: { id: envelope.id, traceparent, snapshot: toChargeSnapshot(data) } };
      },
      subjectOf: ({ snapshot }) => snapshot.orderId,
      handle: (event) => settleOrder(deps, event),
      onError: (error) => deps.log.error({ err: error }, "an event of payment could not be taken in"),
    });
}
