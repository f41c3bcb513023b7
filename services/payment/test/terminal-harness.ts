import { newId } from "@comanda/primitives";
import type { Harness } from "./harness.ts";

let count = 0;

/** A paired device with a card terminal of its own beside it, and the hands at that terminal. */
export async function setUpTerminal(harness: Harness) {
  count += 1;
  const externalPosId = `TOTEM${count}`;
  const terminalId = `NEWLAND_N950__SBX1${String(count).padStart(6, "0")}`;
  await harness.toSandbox("/pos", {
    name: externalPosId,
    external_store_id: "COMANDALOJA",
    external_id: externalPosId,
  });
  await harness.toSandbox("/sandbox/terminals", { id: terminalId, external_pos_id: externalPosId });
  const deviceId = newId();
  const answer = await harness.call("PUT", `/payments/points_of_sale/${deviceId}`, {
    as: "admin",
    body: { external_pos_id: externalPosId, terminal_id: terminalId },
  });
  if (answer.statusCode !== 200) throw new Error(`the terminal was not set up: ${answer.body}`);
  return {
    deviceId,
    terminalId,
    externalPosId,
    request: (difference: Record<string, unknown> = {}) =>
      harness.request({ method: "terminal", device_id: deviceId, ...difference }),
    /** The terminal is on: it shows the charge that waits for it. */
    fetch: () => harness.toSandbox(`/sandbox/terminals/${terminalId}/fetch`, {}),
    act: (action: "approve" | "refuse" | "cancel" | "walk_away", more: Record<string, unknown> = {}) =>
      harness.toSandbox(`/sandbox/terminals/${terminalId}/act`, { action, ...more }),
  };
}
