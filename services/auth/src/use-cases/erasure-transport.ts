import { CustomerErased } from "@comanda/contracts";
import type { DeliveryAnswer, OutgoingEvent, Transport } from "@comanda/messaging";
import { Value } from "typebox/value";
import { ERASING_SERVICES, type ErasingService } from "../domain/erasure.ts";

/**
 * Tells every service of an erasure and notes on the receipt who has done their part. An event counts as delivered when
 * all of them have; those who had are told again until then, and do nothing the second time.
 */
export function makeErasureTransport(options: {
  readonly to: Readonly<Record<ErasingService, Transport>>;
  readonly noteErased: (erasureId: string, service: ErasingService) => Promise<void>;
}): Transport {
  return async function deliver(events) {
    const answers = await Promise.all(ERASING_SERVICES.map((service) => options.to[service](events)));
    const outcomes = await Promise.all(
      events.map(async (event) => {
        const each = answers.map(
          (answer): DeliveryAnswer => answer.get(event.id) ?? { outcome: "retry", reason: "no answer" },
        );
        return [event.id, await settle(event, each)] as const;
      }),
    );
    return new Map(outcomes);
  };

  async function settle(event: OutgoingEvent, answers: readonly DeliveryAnswer[]): Promise<DeliveryAnswer> {
    const { data } = event;
    if (!Value.Check(CustomerErased, data)) return { outcome: "park", reason: "the event has not its shape" };
    try {
      for (const [at, service] of ERASING_SERVICES.entries()) {
        if (answers[at]?.outcome === "done") await options.noteErased(data.erasure_id, service);
      }
    } catch {
      return { outcome: "retry", reason: "the receipt could not be written" };
    }
    return answers.find(({ outcome }) => outcome !== "done") ?? { outcome: "done" };
  }
}
