import type { PaymentMethod } from "@comanda/contracts";
import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import { type AttemptRefusal, addAttempt, checkPayable, openCharge } from "../domain/new-attempt.ts";
import type { Actor, Order } from "../domain/order.ts";
import { canSee, type Viewer } from "../domain/visibility.ts";
import { bringCharge } from "./bring-charge.ts";
import { changeOrder } from "./change-order.ts";
import type { UnknownOrder } from "./change-status.ts";
import { checkTerminal, type TerminalRefusal } from "./check-terminal.ts";
import { type CloseRefusal, closeCharge } from "./close-charge.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

export type PaymentRefusal = AttemptRefusal | CloseRefusal | TerminalRefusal | UnknownOrder;

/** Another try to collect the money; the one before is closed at payment first: never two live charges for one order. */
export async function requestPayment(
  deps: OrderingDeps,
  command: {
    readonly orderId: Id;
    readonly method: PaymentMethod;
    readonly deviceId: Id | null;
    readonly actor: Actor;
    readonly viewer: Viewer;
    readonly traceparent: string;
  },
): Promise<Result<Order, PaymentRefusal>> {
  const { method, deviceId, actor, viewer, traceparent } = command;
  const order = await deps.store.load(command.orderId);
  if (order === null || !canSee(order, viewer)) return refuse({ code: "order-unknown" });
  const payable = checkPayable(order, command);
  if (!payable.ok) return payable;
  const terminal = await checkTerminal(deps, { method, deviceId, orderId: order.id, traceparent });
  if (!terminal.ok) return terminal;
  const open = openCharge(order);
  const closed =
    open === null ? ok(order) : await closeCharge(deps, { order, charge: open, reason: "method_changed", traceparent });
  if (!closed.ok) return closed;

  const paymentId = deps.newId();
  const added = await changeOrder<AttemptRefusal>(deps.store, order.id, {
    traceparent,
    announce: deps.announce,
    decide: (present) => addAttempt(present, { paymentId, method, deviceId, actor, now: deps.clock.now() }),
  });
  if (!added.ok || method === "counter") return added;
  return ok(await bringCharge(deps, { order: added.value, traceparent, keepAs: null }));
}
