import { type Id, type Result, refuse } from "@comanda/primitives";
import { changeLine, type LineStep, type LineStepRefusal } from "../domain/lines.ts";
import type { Order } from "../domain/order.ts";
import { canSee, knowsOf, type Viewer } from "../domain/visibility.ts";
import type { NoteChange } from "../storage/save-change.ts";
import { changeOrder } from "./change-order.ts";
import type { UnknownOrder } from "./change-status.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

export type ItemStep = Omit<LineStep, "now"> & {
  readonly orderId: Id;
  readonly viewer: Viewer;
  readonly traceparent: string | null;
  readonly note?: NoteChange | undefined;
};

/** Moves one line at its station; the order goes along by itself. */
export async function changeItem(
  deps: OrderingDeps,
  command: ItemStep,
): Promise<Result<Order, LineStepRefusal | UnknownOrder>> {
  return changeOrder<LineStepRefusal | UnknownOrder>(deps.store, command.orderId, {
    traceparent: command.traceparent,
    announce: deps.announce,
    note: command.note,
    decide: (order) => {
      if (!knowsOf(order, command.viewer)) return refuse({ code: "order-unknown" });
      const decided = changeLine(order, { ...command, now: deps.clock.now() });
      // Repeating what it has is no change and would be answered with the order.
      return decided.ok && !canSee(order, command.viewer) ? refuse({ code: "order-unknown" }) : decided;
    },
  });
}
