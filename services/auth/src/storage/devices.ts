import { isUniqueViolation } from "@comanda/postgres";
import type { Device } from "../domain/device.ts";
import type { DeviceRow } from "./schema.ts";
import type { Db } from "./sessions.ts";

const COLUMNS = [
  "id",
  "kind",
  "name",
  "created_at",
  "paired_at",
  "last_seen_at",
  "software_version",
  "revoked_at",
] as const;

/** A device about to be written down, with what pairs it and the digests of the request that makes it. */
export type NewDevice = {
  readonly device: Pick<Device, "id" | "kind" | "name" | "createdAt">;
  readonly createdBy: string;
  readonly pairing: { readonly digest: Buffer; readonly expiresAt: Date };
  readonly creation: { readonly key: Buffer; readonly fingerprint: Buffer } | null;
};

/** Writes one device down; says so when its request was answered before. */
export async function insertDevice(db: Db, newDevice: NewDevice): Promise<"written" | "repeated"> {
  const { device, pairing, creation } = newDevice;
  try {
    await db
      .insertInto("devices")
      .values({
        id: device.id,
        kind: device.kind,
        name: device.name,
        created_by: newDevice.createdBy,
        created_at: device.createdAt,
        pairing_digest: pairing.digest,
        pairing_expires_at: pairing.expiresAt,
        paired_at: null,
        last_seen_at: null,
        software_version: null,
        revoked_at: null,
        creation_key: creation?.key ?? null,
        creation_fingerprint: creation?.fingerprint ?? null,
      })
      .execute();
    return "written";
  } catch (error) {
    // The code is made from the key, so that a repetition breaks either rule, whichever is looked at first.
    const isRepeated = ["devices_creation_key_unique", "devices_pairing_unique"].some((name) =>
      isUniqueViolation(error, name),
    );
    if (creation !== null && isRepeated) return "repeated";
    throw error;
  }
}

/** The device that a request made, and what it said then. */
export async function findCreatedDevice(
  db: Db,
  key: Buffer,
): Promise<{ readonly id: string; readonly fingerprint: Buffer } | null> {
  const row = await db
    .selectFrom("devices")
    .select(["id", "creation_fingerprint"])
    .where("creation_key", "=", key)
    .executeTakeFirst();
  if (row === undefined || row.creation_fingerprint === null) return null;
  return { id: row.id, fingerprint: row.creation_fingerprint };
}

/** Takes a pairing code away from the device it belongs to, which is paired by that; of two at once, one gets it. */
export async function takePairingCode(
  db: Db,
  digest: Buffer,
  seen: { readonly at: Date; readonly softwareVersion: string | null },
): Promise<Device | null> {
  const { at: now, softwareVersion } = seen;
  const row = await db
    .updateTable("devices")
    .set({
      pairing_digest: null,
      pairing_expires_at: null,
      paired_at: now,
      last_seen_at: now,
      software_version: softwareVersion,
    })
    .where("pairing_digest", "=", digest)
    .where("pairing_expires_at", ">", now)
    .where("revoked_at", "is", null)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row === undefined ? null : deviceOf(row);
}

/** A device that has not been revoked. */
export async function findActiveDevice(db: Db, id: string): Promise<Device | null> {
  const row = await db
    .selectFrom("devices")
    .select(COLUMNS)
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return row === undefined ? null : deviceOf(row);
}

/** Holds a device fast until the transaction ends; says no when it was revoked. */
export async function lockActiveDevice(tx: Db, id: string): Promise<boolean> {
  const active = tx.selectFrom("devices").select("id").where("id", "=", id).where("revoked_at", "is", null);
  return (await active.forNoKeyUpdate().executeTakeFirst()) !== undefined;
}

/** Notes that a device was there, unless that was noted after `notSince` already, and what it runs, if it says so. */
export async function noteDeviceSeen(
  db: Db,
  id: string,
  seen: { readonly at: Date; readonly notSince: Date; readonly softwareVersion: string | null },
): Promise<void> {
  const { softwareVersion } = seen;
  await db
    .updateTable("devices")
    .set({ last_seen_at: seen.at, ...(softwareVersion === null ? {} : { software_version: softwareVersion }) })
    .where("id", "=", id)
    .where((eb) => eb.or([eb("last_seen_at", "is", null), eb("last_seen_at", "<=", seen.notSince)]))
    .execute();
}

/** Revokes a device, once; gives back whether there is such a device at all. */
export async function markDeviceRevoked(db: Db, id: string, now: Date): Promise<"revoked" | "was-revoked" | "unknown"> {
  const { numUpdatedRows } = await db
    .updateTable("devices")
    .set({ revoked_at: now, pairing_digest: null, pairing_expires_at: null })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows === 1n) return "revoked";
  const row = await db.selectFrom("devices").select("id").where("id", "=", id).executeTakeFirst();
  return row === undefined ? "unknown" : "was-revoked";
}

/** One page of devices, newest first; `before` is the id after which the page begins. */
export async function listDevices(
  db: Db,
  page: { readonly before: string | undefined; readonly limit: number },
): Promise<Device[]> {
  let statement = db.selectFrom("devices").select(COLUMNS).orderBy("id", "desc").limit(page.limit);
  if (page.before !== undefined) statement = statement.where("id", "<", page.before);
  return (await statement.execute()).map(deviceOf);
}

function deviceOf(row: Pick<DeviceRow, (typeof COLUMNS)[number]>): Device {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at,
    pairedAt: row.paired_at,
    lastSeenAt: row.last_seen_at,
    softwareVersion: row.software_version,
    revokedAt: row.revoked_at,
  };
}
