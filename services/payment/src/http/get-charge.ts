import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import type { Charge } from "../domain/charge.ts";
import { isVisible, READERS, viewOf } from "./charge-access.ts";
import { ChargeSchema, viewOfCharge } from "./charge-schema.ts";

const schema = {
  operationId: "get-charge",
  tags: ["payments"],
  summary: "Read a payment",
  description: "Payers see their own, staff and services see all. A foreign one looks like none at all.",
  params: IdParams,
  response: {
    200: ChargeSchema,
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

type Deps = { readonly findCharge: (id: string) => Promise<Charge | null> };

/** `GET /payments/{id}` */
export function getChargeRoute(app: App, { findCharge }: Deps): void {
  app.get("/payments/:id", { config: { access: READERS }, schema }, async (request) => {
    const view = viewOf(callerOf(request));
    const charge = await findCharge(request.params.id.toLowerCase());
    if (charge === null || !isVisible(charge, view)) throw houseProblem("not-found");
    return viewOfCharge(charge, view.audience);
  });
}
