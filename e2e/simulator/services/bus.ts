import { type DeliveryAnswer, type Transport, toCloudEvent } from "@comanda/messaging";
import type { Life } from "../engine/process.ts";
import { asJson } from "../stores/order-tables.ts";
import type { World } from "./world.ts";

const TIMEOUT_MS = 10_000;
const AGAIN_AFTER_MAX_MS = 30_000;

/** CloudEvents to the other service, over a line that loses, doubles and delays. */
export function busTo(
  world: World,
  { life, from }: { readonly life: Life; readonly from: "order" | "payment" },
): Transport {
  const { sim, network, watch, planted } = world;
  const to = from === "order" ? ("payment" as const) : ("order" as const);
  const group = () => (to === "order" ? world.orders() : world.payments());
  const deliver: Transport = async (events) => {
    for (const { id } of events) watch.onPublished(id);
    const batch = events.map((event) => asJson(toCloudEvent(event, `/${from}`)));
    const post = () =>
      network.call(
        { party: from, life },
        { party: to, pick: () => group().pick() },
        { what: `events ${batch.length}`, budgetMs: TIMEOUT_MS, work: (server) => server.receive(batch, from) },
      );
    if (sim.faults.strikes("eventsTwice")) {
      sim.time.after(sim.dice.between(0, AGAIN_AFTER_MAX_MS), () => void post().catch(() => undefined));
    }
    try {
      const results = await post();
      return new Map(results.map((result) => [result.id, answerOf(result)]));
    } catch {
      return new Map<string, DeliveryAnswer>(
        events.map(({ id }) => [id, { outcome: "retry", reason: "no answer" } as const]),
      );
    }
  };
  return planted?.transport?.(deliver, world, from, life) ?? deliver;
}

function answerOf({ outcome, reason = "" }: { readonly outcome: string; readonly reason?: string }): DeliveryAnswer {
  if (outcome === "done") return { outcome };
  return outcome === "park" ? { outcome, reason } : { outcome: "retry", reason };
}
