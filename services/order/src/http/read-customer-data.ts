import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";

const schema = {
  operationId: "read-customer-data",
  tags: ["privacy"],
  summary: "What the order service holds about one person",
  description: "For auth, which answers a person's request for all their data (LGPD art. 18); nobody else may ask.",
  params: IdParams,
  response: {
    200: Type.Object({
      orders: Type.Array(Type.Unknown(), { description: "Orders with their lines and tracking, oldest first" }),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
};

/** `GET /privacy/customers/{id}` */
export function registerReadCustomerData(
  app: App,
  deps: { readonly readCustomerData: (id: string) => Promise<readonly unknown[]> },
): void {
  app.get("/privacy/customers/:id", { config: { access: ["service"] }, schema }, async (request, reply) => {
    if (callerOf(request).clientId !== "auth") throw houseProblem("forbidden");
    reply.header("cache-control", "no-store");
    return { orders: [...(await deps.readCustomerData(request.params.id.toLowerCase()))] };
  });
}
