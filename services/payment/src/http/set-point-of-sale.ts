import { type App, Nullable, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";
import { setPointOfSale } from "../use-cases/set-point-of-sale.ts";
import {
  DeviceParams,
  ExternalPosId,
  PointOfSaleSchema,
  TerminalId,
  viewOfPointOfSale,
} from "./point-of-sale-schema.ts";

const schema = {
  operationId: "set-point-of-sale",
  tags: ["points of sale"],
  summary: "Say what stands beside a device",
  description:
    "Whose QR it shows and which card terminal takes its charges, instead of what was said before. What is left out, or null, is not there: the device then uses the default point of sale, and offers no card terminal.",
  params: DeviceParams,
  body: Type.Object(
    {
      external_pos_id: Type.Optional(Nullable(ExternalPosId)),
      terminal_id: Type.Optional(Nullable(TerminalId)),
    },
    { examples: [{ external_pos_id: "TOTEM1", terminal_id: "NEWLAND_N950__SBX0000001" }] },
  ),
  response: {
    200: PointOfSaleSchema,
    ...problemResponses(
      [
        "malformed-json",
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "terminal-unknown",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "internal",
        "unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

/** `PUT /payments/points_of_sale/{device_id}` */
export function setPointOfSaleRoute(app: App, desk: ChargeDesk): void {
  app.put(
    "/payments/points_of_sale/:device_id",
    { config: { access: ["admin"], audit: "set-point-of-sale", auditAhead: true }, schema },
    async (request) => {
      const deviceId = request.params.device_id.toLowerCase();
      const { external_pos_id: externalPosId = null, terminal_id: terminalId = null } = request.body;
      request.audit.add({
        target: { kind: "devices", id: deviceId },
        details: { external_pos_id: externalPosId, terminal_id: terminalId },
      });
      const set = await setPointOfSale(desk, { deviceId, externalPosId, terminalId });
      if (!set.ok) throw paymentProblem(set.refusal.kind);
      return viewOfPointOfSale(deviceId, set.value);
    },
  );
}
