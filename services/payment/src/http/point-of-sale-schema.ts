import { IdSchema, InstantSchema, Nullable } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import type { PointOfSale } from "../domain/point-of-sale.ts";

/** The id of a paired device in a path. */
export const DeviceParams = Type.Object({ device_id: IdSchema });

export const ExternalPosId = Type.String({
  pattern: "^[A-Za-z0-9]{1,40}$",
  description: "Mercado Pago's point of sale",
});
export const TerminalId = Type.String({
  pattern: "^[A-Za-z0-9_-]{1,64}$",
  description: "Mercado Pago's card terminal",
});

const example = {
  device_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a05",
  external_pos_id: "TOTEM1",
  terminal_id: "NEWLAND_N950__SBX0000001",
  updated_at: "2026-01-15T12:00:00.000Z",
};

/** What stands beside a device, on the wire; `external_pos_id: null` is the shop's default one. */
export const PointOfSaleSchema = Type.Object(
  {
    device_id: IdSchema,
    external_pos_id: Nullable(ExternalPosId),
    terminal_id: Nullable(TerminalId),
    updated_at: Nullable(InstantSchema),
  },
  { examples: [example] },
);

/** What stands beside a device; nothing at all for one that nobody has set up. */
export function viewOfPointOfSale(deviceId: string, known: PointOfSale | null): Static<typeof PointOfSaleSchema> {
  return {
    device_id: deviceId,
    external_pos_id: known?.externalPosId ?? null,
    terminal_id: known?.terminalId ?? null,
    updated_at: known?.updatedAt.toISOString() ?? null,
  };
}
