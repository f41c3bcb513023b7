import type { Id } from "@comanda/primitives";
import { openCharge } from "../domain/new-attempt.ts";
import { changeStatus } from "../domain/transitions.ts";
import { changeOrder } from "./change-order.ts";
import { closeCharge } from "./close-charge.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

const BATCH = 100;
const AT_A_TIME = 5;

/**
 * Ends the orders whose time to be paid is over (T3). Payment closes the charge first: if the guest paid in the last
 * second, the order is paid; if payment does not answer, the order waits. Any number of processes may do this at once:
 * closing twice is closing once, and only one of them finds the order as it was.
 */
export async function expireOrders(deps: OrderingDeps, signal: AbortSignal): Promise<void> {
  const waiting = [...(await deps.store.findExpired(deps.clock.now(), BATCH))];
  const workers = Array.from({ length: AT_A_TIME }, async () => {
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      await expireOrder(deps, id);
    }
  });
  await Promise.all(workers);
}

async function expireOrder(deps: OrderingDeps, id: Id): Promise<void> {
  const { store, announce, clock, log } = deps;
  const order = await store.load(id);
  if (order === null || order.status !== "requested") return;
  const open = openCharge(order);
  const closed =
    open === null ? null : await closeCharge(deps, { order, charge: open, reason: "order_expired", traceparent: null });
  if (closed?.ok === false) {
    log.warn({ order: id, why: closed.refusal.code }, "an order cannot be expired yet");
    return;
  }
  const expired = await changeOrder(store, id, {
    traceparent: null,
    announce,
    decide: (present) =>
      changeStatus(present, {
        to: "cancelled",
        actor: { role: "clock", id: null },
        reason: "payment_expired",
        now: clock.now(),
      }),
  });
  // Refused when it was paid in the last second, or ended another way: then there is nothing to expire.
  if (expired.ok) log.info({ order: id }, "order expired");
}
