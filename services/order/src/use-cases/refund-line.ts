import { addSeconds, type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Actor, Order } from "../domain/order.ts";
import { type LineRefundRefusal, refundLine, SWAP_S } from "../domain/refund-line.ts";
import { canSee, type Viewer } from "../domain/visibility.ts";
import type { NoteChange } from "../storage/save-change.ts";
import { changeOrder } from "./change-order.ts";
import type { UnknownOrder } from "./change-status.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

const BATCH = 100;

/** Staff have spoken with the guest: the money of a refused line goes back. */
export function refundItem(
  deps: OrderingDeps,
  command: {
    readonly orderId: Id;
    readonly lineId: Id;
    readonly actor: Actor;
    readonly viewer: Viewer;
    readonly reason?: string | undefined;
    readonly traceparent: string | null;
    readonly note?: NoteChange | undefined;
  },
): Promise<Result<Order, LineRefundRefusal | UnknownOrder>> {
  return changeOrder<LineRefundRefusal | UnknownOrder>(deps.store, command.orderId, {
    traceparent: command.traceparent,
    announce: deps.announce,
    note: command.note,
    decide: (order) => {
      if (!canSee(order, command.viewer)) return refuse({ code: "order-unknown" });
      return refundLine(order, { ...command, now: deps.clock.now() });
    },
  });
}

/**
 * Nobody stands at the counter for an order from a phone: what of it was refused goes back by itself after the time that
 * the guest has to choose something else (product §3.4). At the totem and the counter it is the cashier's task.
 */
export async function refundRefusedLines(deps: OrderingDeps): Promise<void> {
  const { store, clock, announce } = deps;
  const refusedBefore = addSeconds(clock.now(), -SWAP_S);
  for (const id of await store.findRefusedLines(refusedBefore, BATCH)) {
    await changeOrder<LineRefundRefusal>(store, id, {
      traceparent: null,
      announce,
      decide: (order) => {
        const line = order.lines.find(
          ({ refusedAt, refundAskedAt }) => refusedAt !== null && refusedAt <= refusedBefore && refundAskedAt === null,
        );
        // Called back, or asked for, since it was found. One line a round: the next round finds the next.
        if (line === undefined) return ok(null);
        return refundLine(order, { lineId: line.id, actor: { role: "clock", id: null }, now: clock.now() });
      },
    });
  }
}
