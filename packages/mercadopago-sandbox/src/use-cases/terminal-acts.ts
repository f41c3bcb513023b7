import { allow, type Decision, refuse } from "../domain/decision.ts";
import type { PointOrder, TerminalEvent } from "../domain/order.ts";
import { endAtTerminal, showAtTerminal } from "../domain/point-order.ts";
import type { World } from "../world.ts";
import { currentOrder } from "./current-charge.ts";
import { saveOrder } from "./save-charge.ts";

/** The charge a machine holds: the one it shows, or the one that waits for it. */
export const chargeOfTerminal = (world: World, terminalId: string): PointOrder | undefined => {
  for (const { id } of world.indexes.openOrdersByTerminal(terminalId)) {
    const order = currentOrder(world, id);
    if (order?.type === "point" && (order.status === "created" || order.status === "at_terminal")) return order;
  }
  return undefined;
};

/** The machine is on and fetches its charge, if one waits. Sellers are not told; they see it when they read. */
export const fetchCharge = (world: World, terminalId: string): PointOrder | undefined => {
  const order = chargeOfTerminal(world, terminalId);
  const isTaking = world.tables.terminals.get(terminalId)?.operatingMode === "PDV";
  return order === undefined || !isTaking ? order : show(world, order);
};

const show = (world: World, order: PointOrder): PointOrder => {
  const shown = showAtTerminal(order, world.clock.now());
  if (shown !== order) world.tables.orders.put(shown.id, shown);
  return shown;
};

/** What a person does at the machine, at once. */
export const actAtTerminal = (
  world: World,
  act: { terminalId: string; event: Omit<TerminalEvent, "dueMs">; tipCents?: number },
): Decision<PointOrder, "nothing_at_terminal"> => {
  const order = fetchCharge(world, act.terminalId);
  if (order === undefined) return refuse("nothing_at_terminal");
  const nowMs = world.clock.now();
  const decision = endAtTerminal(order, {
    event: { ...act.event, dueMs: nowMs },
    nowMs,
    referenceId: world.ids.number(),
    ...(act.tipCents !== undefined && { paidCents: order.amountCents + act.tipCents }),
  });
  if (!decision.ok) return refuse("nothing_at_terminal");
  saveOrder(world, decision.value);
  return allow(decision.value);
};

/** The documented simulation of a machine: shows the charge now, ends it a little later. */
export const simulateTerminal = (
  world: World,
  work: { order: PointOrder; event: Omit<TerminalEvent, "dueMs"> },
): Decision<PointOrder, "operation_not_supported"> => {
  const shown = show(world, work.order);
  if (shown.status !== "at_terminal") return refuse("operation_not_supported");
  const arranged = { ...work.event, dueMs: world.clock.now() + world.faults.get().terminal_delay_ms };
  const order: PointOrder = { ...shown, arranged };
  world.tables.orders.put(order.id, order);
  watchArranged(world, order);
  return allow(order);
};

/** Arranges that what a machine was asked to do happens on time. What a person did first wins. */
export const watchArranged = (world: World, order: PointOrder): void => {
  const { arranged } = order;
  if (arranged === null) return;
  world.clock.at(arranged.dueMs, () =>
    world.store.transact(() => {
      const latest = currentOrder(world, order.id);
      if (latest?.type !== "point" || latest.arranged === null || latest.arranged.dueMs > world.clock.now()) return;
      const decision = endAtTerminal(latest, {
        event: latest.arranged,
        nowMs: world.clock.now(),
        referenceId: world.ids.number(),
      });
      if (decision.ok) saveOrder(world, decision.value);
    }),
  );
};
