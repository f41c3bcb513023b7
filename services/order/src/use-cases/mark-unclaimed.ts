import { addSeconds } from "@comanda/primitives";
import { changeStatus, NO_SHOW_S } from "../domain/transitions.ts";
import { changeOrder } from "./change-order.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

const BATCH = 100;

/** Takes orders off the panel that nobody came for (T15). The money stays; a late guest still gets the food (T16). */
export async function markUnclaimed(deps: OrderingDeps): Promise<void> {
  const { store, clock, announce } = deps;
  for (const id of await store.findUnclaimed(addSeconds(clock.now(), -NO_SHOW_S), BATCH)) {
    await changeOrder(store, id, {
      traceparent: null,
      announce,
      decide: (order) =>
        changeStatus(order, {
          to: "unclaimed",
          actor: { role: "clock", id: null },
          reason: "no_show",
          now: clock.now(),
        }),
    });
  }
}
