import { randomBytes } from "node:crypto";
import { addSeconds, type Clock, newId, ok, type Result, refuse } from "@comanda/primitives";
import { type DeviceKind, PAIRING_SECONDS, pairingCodeOf } from "../domain/device.ts";
import { findCreatedDevice, insertDevice, type NewDevice } from "../storage/devices.ts";
import type { People } from "../storage/people.ts";
import { actAndNote, type NoteAct } from "./act-and-note.ts";
import type { RequestKey } from "./create-person-once.ts";

/** A device made now, or the one that the same request made before, with the code that pairs it. */
type CreatedDevice = { readonly id: string; readonly pairingCode: string; readonly isReplay: boolean };

/** Writes a device down and gives it a code to be paired with. */
export type CreateDevice = (given: {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly createdBy: string;
  readonly requestKey: RequestKey | null;
  readonly note: NoteAct;
}) => Promise<Result<CreatedDevice, "idempotency-key-reused">>;

export function makeCreateDevice(deps: { readonly people: People; readonly clock: Clock }): CreateDevice {
  const { people, clock } = deps;
  const { personalData, db } = people;

  return async function createDevice({ name, kind, createdBy, requestKey, note }) {
    const request = requestKey && JSON.stringify([requestKey.operation, requestKey.scope, requestKey.key]);
    // Of a request that may be repeated the code is made from its key: a repetition gets the same one, and yet nothing
    // that could be read stands in the database.
    const pairingCode = pairingCodeOf(request === null ? randomBytes(16) : personalData.index("pairing", request));
    const id = newId();
    const createdAt = clock.now();
    const creation =
      request === null
        ? null
        : {
            key: personalData.index("request", request),
            fingerprint: personalData.index("request", JSON.stringify([name, kind])),
          };
    const pairing = {
      digest: personalData.index("pairing", pairingCode),
      expiresAt: addSeconds(createdAt, PAIRING_SECONDS),
    };
    const device = { id, name, kind, createdAt };
    const written = await actAndNote(db, {
      act: (tx) => insertDevice(tx, { device, createdBy, pairing, creation }),
      hadEffect: (outcome) => outcome === "written",
      note: (tx) => note(tx, id),
    });
    if (written === "written" || creation === null) return ok({ id, pairingCode, isReplay: false });
    return repeat(await findCreatedDevice(db, creation.key), { creation, pairingCode });
  };
}

function repeat(
  first: Awaited<ReturnType<typeof findCreatedDevice>>,
  again: { readonly creation: NonNullable<NewDevice["creation"]>; readonly pairingCode: string },
): Result<CreatedDevice, "idempotency-key-reused"> {
  if (first === null) throw new Error("a pairing code came twice, or the device of a repeated request is gone");
  if (!first.fingerprint.equals(again.creation.fingerprint)) return refuse("idempotency-key-reused");
  return ok({ id: first.id, pairingCode: again.pairingCode, isReplay: true });
}
