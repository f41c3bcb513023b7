import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ChargeStore } from "../storage/charge-store.ts";
import { ExternalPosId, PointOfSaleSchema, viewOfPointOfSale } from "./point-of-sale-schema.ts";

const schema = {
  operationId: "list-points-of-sale",
  tags: ["points of sale"],
  summary: "What stands beside each device",
  description: "Devices that nobody has set up use the default point of sale and have no card terminal.",
  response: {
    200: Type.Object({ items: Type.Array(PointOfSaleSchema), default_external_pos_id: ExternalPosId }),
    ...problemResponses(["unauthenticated", "forbidden", "internal", "unavailable"]),
  },
} as const;

type Deps = { readonly store: ChargeStore; readonly defaultExternalPosId: string };

/** `GET /payments/points_of_sale` */
export function listPointsOfSaleRoute(app: App, { store, defaultExternalPosId }: Deps): void {
  app.get("/payments/points_of_sale", { config: { access: ["manager", "admin"] }, schema }, async () => ({
    items: (await store.pointsOfSale.list()).map((known) => viewOfPointOfSale(known.deviceId, known)),
    default_external_pos_id: defaultExternalPosId,
  }));
}
