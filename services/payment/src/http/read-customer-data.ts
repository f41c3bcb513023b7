import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ChargeStore } from "../storage/charge-store.ts";
import { chargesOfCustomer } from "../use-cases/customer-charges.ts";
import { ChargeSchema, viewOfCharge } from "./charge-schema.ts";

const schema = {
  operationId: "read-customer-data",
  tags: ["privacy"],
  summary: "What payment holds about one person",
  description: "For auth, which answers a person's request for all their data (LGPD art. 18); nobody else may ask.",
  params: IdParams,
  response: {
    200: Type.Object({ payments: Type.Array(ChargeSchema) }),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /privacy/customers/{id}` */
export function readCustomerDataRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get("/privacy/customers/:id", { config: { access: ["service"] }, schema }, async (request, reply) => {
    if (callerOf(request).clientId !== "auth") throw houseProblem("forbidden");
    const charges = await chargesOfCustomer(store, request.params.id.toLowerCase());
    reply.header("cache-control", "no-store");
    return { payments: await Promise.all(charges.map((charge) => viewOfCharge(charge, "guest"))) };
  });
}
