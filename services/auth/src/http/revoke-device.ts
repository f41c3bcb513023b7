import { noteAct } from "@comanda/audit";
import { type App, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { RevokeDevice } from "../use-cases/revoke-device.ts";

const schema = {
  operationId: "revoke-device",
  tags: ["devices"],
  summary: "Revoke a device at once",
  description: "Its tokens are refused here immediately and everywhere within seconds. It stays in the list.",
  params: IdParams,
  response: {
    204: Type.Null({ description: "It is revoked, or was" }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `DELETE /devices/{id}` */
export function revokeDeviceRoute(app: App, deps: { readonly revokeDevice: RevokeDevice }): void {
  app.delete(
    "/devices/:id",
    { config: { access: ["admin"], audit: "revoke-device" }, schema },
    async (request, reply) => {
      const outcome = await deps.revokeDevice(request.params.id.toLowerCase(), noteAct(request, { kind: "devices" }));
      if (outcome === "unknown") throw houseProblem("not-found");
      reply.code(204);
      return null;
    },
  );
}
