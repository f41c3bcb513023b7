import { addSeconds, type Clock } from "@comanda/primitives";
import { noteDeviceSeen } from "../storage/devices.ts";
import type { Db } from "../storage/sessions.ts";

const NOTED_EVERY_S = 60;

/** Notes that a device was there. Never fails: the list of devices is no reason to refuse a request. */
export type NoteDevice = (id: string) => void;

/** Makes the note-taking: at most once a minute for each device, beside the request that shows it is there. */
export function makeNoteDevice(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: { readonly warn: (details: object, message: string) => void };
}): NoteDevice {
  const notedAtMs = new Map<string, number>();
  return function noteDevice(id) {
    const at = deps.clock.now();
    const last = notedAtMs.get(id);
    if (last !== undefined && at.getTime() - last < NOTED_EVERY_S * 1000) return;
    notedAtMs.set(id, at.getTime());
    noteDeviceSeen(deps.db, id, { at, notSince: addSeconds(at, -NOTED_EVERY_S) }).catch((error: unknown) => {
      deps.log.warn({ err: error, device: id }, "could not note that a device was seen");
    });
  };
}
