import { type App, IdSchema, Nullable, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ChargeStore } from "../storage/charge-store.ts";
import { DeviceParams, PointOfSaleSchema, viewOfPointOfSale } from "./point-of-sale-schema.ts";

const schema = {
  operationId: "get-point-of-sale",
  tags: ["points of sale"],
  summary: "What stands beside a device, and whether its card terminal is free",
  params: DeviceParams,
  response: {
    200: Type.Object({
      ...PointOfSaleSchema.properties,
      terminal_busy_with: Nullable(
        Type.Object(
          { order_id: IdSchema, payment_id: IdSchema },
          { description: "The charge that is at the terminal" },
        ),
      ),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /payments/points_of_sale/{device_id}` */
export function getPointOfSaleRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  const access = ["manager", "admin", "service"] as const;
  app.get("/payments/points_of_sale/:device_id", { config: { access }, schema }, async (request) => {
    const deviceId = request.params.device_id.toLowerCase();
    const known = await store.pointsOfSale.get(deviceId);
    const terminalId = known?.terminalId ?? null;
    const there = terminalId === null ? null : await store.getOpenAtTerminal(terminalId);
    return {
      ...viewOfPointOfSale(deviceId, known),
      terminal_busy_with: there === null ? null : { order_id: there.orderId, payment_id: there.id },
    };
  });
}
