import { type App, InstantSchema, Nullable, PageOf, pageQuery, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { DEVICE_KINDS, type Device } from "../domain/device.ts";
import { listDevices } from "../storage/devices.ts";
import type { Db } from "../storage/sessions.ts";
import { pageOf, readCursor } from "./page-cursor.ts";

const DeviceSchema = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    name: Type.String(),
    kind: Type.Enum(DEVICE_KINDS),
    created_at: InstantSchema,
    paired_at: Nullable(InstantSchema),
    last_seen_at: Nullable(InstantSchema),
    software_version: Nullable(Type.String({ description: "As the device said it last" })),
    revoked_at: Nullable(InstantSchema),
  },
  {
    examples: [
      {
        id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10",
        name: "Totem da entrada",
        kind: "kiosk",
        created_at: "2026-11-22T14:28:00.000Z",
        paired_at: "2026-11-22T14:30:12.000Z",
        last_seen_at: "2026-11-22T15:02:41.000Z",
        software_version: "1.4.2",
        revoked_at: null,
      },
    ],
  },
);

const schema = {
  operationId: "list-devices",
  tags: ["devices"],
  summary: "List devices, newest first; those revoked too",
  description: "`last_seen_at` moves when a device is paired, renews its tokens or calls `GET /auth`.",
  querystring: Type.Object(pageQuery),
  response: {
    200: PageOf(DeviceSchema),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /devices` */
export function listDevicesRoute(app: App, { db }: { readonly db: Db }): void {
  app.get("/devices", { config: { access: ["admin"] }, schema }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const before = cursor === undefined ? undefined : readCursor(cursor);
    const page = pageOf(await listDevices(db, { before, limit: limit + 1 }), limit);
    reply.header("cache-control", "no-store");
    return { ...page, items: page.items.map(viewOfDevice) };
  });
}

function viewOfDevice(device: Device) {
  return {
    id: device.id,
    name: device.name,
    kind: device.kind,
    created_at: device.createdAt.toISOString(),
    paired_at: device.pairedAt?.toISOString() ?? null,
    last_seen_at: device.lastSeenAt?.toISOString() ?? null,
    software_version: device.softwareVersion,
    revoked_at: device.revokedAt?.toISOString() ?? null,
  };
}
