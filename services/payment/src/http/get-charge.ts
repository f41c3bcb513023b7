import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import type { Charge } from "../domain/charge.ts";
import type { FindCharge } from "../use-cases/find-charge.ts";
import { isVisible, READERS, viewOf } from "./charge-access.ts";
import { ChargeSeenSchema, viewFor } from "./charge-schema.ts";

const schema = {
  operationId: "get-charge",
  tags: ["payments"],
  summary: "Read a payment",
  description:
    "Payers see their own, staff and services see all. A foreign one looks like none at all. The kitchen sees how it stands, without price and person.",
  params: IdParams,
  response: {
    200: ChargeSeenSchema,
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

type Deps = { readonly findCharge: FindCharge };

/** `GET /payments/{id}` */
export function getChargeRoute(app: App, { findCharge }: Deps): void {
  app.get("/payments/:id", { config: { access: READERS }, schema }, async (request) => {
    const caller = callerOf(request);
    const view = viewOf(caller);
    const sees = (charge: Charge) => isVisible(charge, view);
    const charge = await findCharge(request.params.id.toLowerCase(), {
      guestId: view.audience === "guest" ? caller.id : null,
      sees,
    });
    if (charge === null) throw houseProblem("not-found");
    return viewFor(charge, view.audience);
  });
}
