import { allow, type Decision, refuse } from "../domain/decision.ts";
import type { PointOrder } from "../domain/order.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { newOrder, type OrderInput } from "./create-order.ts";
import { currentOrder, watchOrder } from "./current-charge.ts";

/** Body of `POST /v1/orders` of type `point` once its schema holds. */
export type PointOrderInput = OrderInput & {
  type: "point";
  config: JsonObject & { point: { terminal_id: string } };
  transactions: { payments: [{ amount: string }] };
};

const expiration = { byDefault: "PT15M", minMs: 30_000, maxMs: 3 * 3_600_000 };

/** Queues a charge at a card machine: one at a time, and only at a machine of the seller. */
export const createPointOrder = (
  world: World,
  request: { seller: Seller; input: PointOrderInput },
): Decision<
  PointOrder,
  "property_value" | "invalid_total_amount" | "forbidden_checking_terminal_owner" | "already_queued_order_for_terminal"
> => {
  const { seller, input } = request;
  const base = newOrder(world, { seller, input, amount: input.transactions.payments[0].amount, expiration });
  if (!base.ok) return base;
  const terminal = world.tables.terminals.get(input.config.point.terminal_id);
  // A machine nobody has looks like another seller's: neither is the caller's.
  if (terminal?.userId !== seller.userId) return refuse("forbidden_checking_terminal_owner");
  const queued = world.indexes
    .openOrdersByTerminal(terminal.id)
    .map(({ id }) => currentOrder(world, id))
    .find((order) => order?.status === "created" || order?.status === "at_terminal");
  if (queued !== undefined) return refuse("already_queued_order_for_terminal", [queued.id]);
  const order: PointOrder = {
    ...base.value,
    type: "point",
    terminalId: terminal.id,
    pos: terminal.till,
    config: input.config,
    transactionDetail: "ready_to_process",
    arranged: null,
  };
  world.tables.orders.put(order.id, order);
  watchOrder(world, order);
  return allow(order);
};
