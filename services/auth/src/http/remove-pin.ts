import { noteAct } from "@comanda/audit";
import { type App, IdParams, problemResponses, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import type { RemovePin } from "../use-cases/remove-pin.ts";
import { ownIdOrAnyForAdmin } from "./own-account.ts";

const schema = {
  operationId: "remove-pin",
  tags: ["staff"],
  summary: "Take a PIN away: one's own, or anybody's as administrator",
  params: IdParams,
  response: {
    204: Type.Null({ description: "There is none, or there was none" }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `DELETE /customers/{id}/pin` */
export function removePinRoute(app: App, deps: { readonly removePin: RemovePin }): void {
  const config = { access: STAFF, audit: "remove-pin" } as const;
  app.delete("/customers/:id/pin", { config, schema }, async (request, reply) => {
    await deps.removePin(ownIdOrAnyForAdmin(request), noteAct(request, { kind: "customers" }));
    reply.code(204);
    return null;
  });
}
