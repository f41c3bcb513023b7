import type { Clock } from "@comanda/primitives";
import { markDeviceRevoked } from "../storage/devices.ts";
import type { Db } from "../storage/sessions.ts";
import type { NoteAct } from "./act-and-note.ts";
import { endAllOf, endSessionsAt } from "./end-session.ts";

/** Ends a device: its sessions, its tokens, its pairing code. To do it again changes nothing. */
export type RevokeDevice = (id: string, note: NoteAct) => Promise<"revoked" | "unknown">;

export function makeRevokeDevice(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
}): RevokeDevice {
  return async function revokeDevice(id, note) {
    const now = deps.clock.now();
    const outcome = await deps.db.transaction().execute(async (tx) => {
      const marked = await markDeviceRevoked(tx, id, now);
      if (marked === "revoked") {
        await endAllOf(tx, id, now);
        await endSessionsAt(tx, id, now);
      }
      if (marked !== "unknown") await note(tx, id);
      return marked;
    });
    if (outcome === "revoked") await deps.noteRevocations();
    return outcome === "unknown" ? "unknown" : "revoked";
  };
}
