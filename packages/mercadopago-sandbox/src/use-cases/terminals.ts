import { allow, type Decision, refuse } from "../domain/decision.ts";
import type { PointOfSale } from "../domain/point-of-sale.ts";
import type { OperatingMode, Terminal } from "../domain/terminal.ts";
import { testTerminalId } from "../domain/terminal.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";

/** Puts a card machine at a till. It takes orders (`PDV`) when it is the till's first. */
export const addTerminal = (world: World, given: { id: string; pos: PointOfSale }): Terminal => {
  const { id, pos } = given;
  const isTaken = world.indexes.terminalsByPos(String(pos.id)).some((other) => other.operatingMode === "PDV");
  const terminal: Terminal = {
    id,
    userId: pos.userId,
    till: { id: pos.id, externalId: pos.externalId ?? "", storeId: pos.storeId },
    operatingMode: isTaken ? "STANDALONE" : "PDV",
  };
  world.tables.terminals.put(id, terminal);
  return terminal;
};

/** Makes sure the seller's test machine exists, so that card orders work at once. */
export const seedTerminal = (world: World, given: { seller: Seller; externalPosId: string }): void => {
  if (world.tables.terminals.get(testTerminalId) !== undefined) return;
  const [pos] = world.indexes.posByExternalId(`${given.seller.userId} ${given.externalPosId}`);
  if (pos !== undefined) addTerminal(world, { id: testTerminalId, pos });
};

/** Changes how machines work, all of them or none: a till has at most one machine that takes orders. */
export const setUpTerminals = (
  world: World,
  request: { seller: Seller; changes: { id: string; operating_mode: OperatingMode }[] },
): Decision<Terminal[], "terminal_not_found" | "pos_already_has_terminal"> => {
  const changed: Terminal[] = [];
  for (const { id, operating_mode: operatingMode } of request.changes) {
    const terminal = world.tables.terminals.get(id);
    if (terminal?.userId !== request.seller.userId) return refuse("terminal_not_found", [id]);
    changed.push({ ...terminal, operatingMode });
  }
  const modeAfter = (other: Terminal) =>
    changed.findLast(({ id }) => id === other.id)?.operatingMode ?? other.operatingMode;
  for (const { id, till } of changed.filter(({ operatingMode }) => operatingMode === "PDV")) {
    const others = world.indexes.terminalsByPos(String(till.id)).filter((other) => other.id !== id);
    if (others.some((other) => modeAfter(other) === "PDV"))
      return refuse("pos_already_has_terminal", [till.externalId]);
  }
  for (const terminal of changed) world.tables.terminals.put(terminal.id, terminal);
  return allow(changed);
};
