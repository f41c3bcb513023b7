import { parseEvent } from "@comanda/contracts";
import { type ReceiveResult, receiveBatch } from "@comanda/messaging";
import { addSeconds } from "@comanda/primitives";
import type { OrderingDeps } from "../use-cases/ordering-deps.ts";
import { OrderNotHere, settleOrder, toChargeSnapshot } from "../use-cases/settle-order.ts";

/** An order that payment knows is written here first; one that is not here by now will not come. */
const MAY_STILL_COME_S = 60;

/** Takes in a batch of events from `producer`, each by itself. */
export type ReceiveEvents = (batch: readonly unknown[], producer: string) => Promise<readonly ReceiveResult[]>;

/** `comanda.payment.*`: how a charge stands. The only events that this service listens to. */
export function createReceiveEvents(deps: OrderingDeps): ReceiveEvents {
  return async (batch, producer) => {
    const lost = new Set<string>();
    const results = await receiveBatch({
      batch,
      parse: (input) => {
        const parsed = parseEvent(input, producer);
        if (!parsed.ok) return parsed;
        if (parsed.value.kind !== "payment-changed") return { ok: false, refusal: "not for the order service" };
        const { envelope, data } = parsed.value;
        const traceparent = envelope.traceparent ?? null;
        return {
          ok: true,
          value: { id: envelope.id, saidAt: new Date(envelope.time), traceparent, snapshot: toChargeSnapshot(data) },
        };
      },
      subjectOf: ({ snapshot }) => snapshot.orderId,
      handle: async (event) => {
        try {
          await settleOrder(deps, event);
        } catch (error) {
          const isLate = deps.clock.now() >= addSeconds(event.saidAt, MAY_STILL_COME_S);
          if (error instanceof OrderNotHere && isLate) lost.add(event.id);
          throw error;
        }
      },
      onError: (error) => deps.log.error({ err: error }, "an event of payment could not be taken in"),
    });
    return results.map((result) =>
      lost.has(result.id) ? { id: result.id, outcome: "park", reason: "there is no such order" } : result,
    );
  };
}
