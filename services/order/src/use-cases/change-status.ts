import { type Id, type Result, refuse } from "@comanda/primitives";
import type { Order } from "../domain/order.ts";
import { changeStatus, type StatusCommand, type StatusRefusal } from "../domain/transitions.ts";
import { canSee, knowsOf, type Viewer } from "../domain/visibility.ts";
import type { NoteChange } from "../storage/save-change.ts";
import { changeOrder } from "./change-order.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

export type StatusChange = Omit<StatusCommand, "now"> & {
  readonly orderId: Id;
  /** Who may not know of the order does not learn from this that it exists. */
  readonly viewer: Viewer;
  readonly traceparent: string | null;
  readonly note?: NoteChange | undefined;
};

export type UnknownOrder = { readonly code: "order-unknown" };

/** Moves an order by somebody's word: the kitchen, the counter, the office, or its guest who calls it off. */
export async function changeOrderStatus(
  deps: OrderingDeps,
  command: StatusChange,
): Promise<Result<Order, StatusRefusal | UnknownOrder>> {
  return changeOrder<StatusRefusal | UnknownOrder>(deps.store, command.orderId, {
    traceparent: command.traceparent,
    announce: deps.announce,
    note: command.note,
    decide: (order) => {
      if (!knowsOf(order, command.viewer)) return refuse({ code: "order-unknown" });
      const decided = changeStatus(order, { ...command, now: deps.clock.now() });
      // Repeating what it has is no change and would be answered with the order.
      return decided.ok && !canSee(order, command.viewer) ? refuse({ code: "order-unknown" }) : decided;
    },
  });
}
