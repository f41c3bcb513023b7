import { addSeconds, type Clock } from "@comanda/primitives";
import { noteDeviceSeen } from "../storage/devices.ts";
import type { Db } from "../storage/sessions.ts";

const NOTED_EVERY_S = 60;

/**
 * Notes that a device was there, and what it runs, where it says so. Never fails: the list of devices is no reason to
 * refuse a request.
 */
export type NoteDevice = (id: string, softwareVersion?: string | null) => void;

/**
 * Makes the note-taking: at most once a minute for each device, or when it tells its version, beside the request that
 * shows it is there.
 */
export function makeNoteDevice(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: { readonly warn: (details: object, message: string) => void };
}): NoteDevice {
  const notedAtMs = new Map<string, number>();
  return function noteDevice(id, softwareVersion = null) {
    const at = deps.clock.now();
    const last = notedAtMs.get(id);
    const isEarly = last !== undefined && at.getTime() - last < NOTED_EVERY_S * 1000;
    if (isEarly && softwareVersion === null) return;
    notedAtMs.set(id, at.getTime());
    const notSince = softwareVersion === null ? addSeconds(at, -NOTED_EVERY_S) : at;
    noteDeviceSeen(deps.db, id, { at, notSince, softwareVersion }).catch((error: unknown) => {
      deps.log.warn({ err: error, device: id }, "could not note that a device was seen");
    });
  };
}
