import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";

const schema = {
  operationId: "read-customer-data",
  tags: ["privacy"],
  summary: "What the order service holds about one person",
  description:
    "For auth, which answers a person's request for all their data (LGPD art. 18); nobody else may ask. What was ordered by typing their CPF is there only with `recognised=true`: anybody can have typed it.",
  params: IdParams,
  querystring: Type.Object({
    recognised: Type.Optional(
      Type.Boolean({ description: "With what was ordered by their CPF alone; for an administrator's look" }),
    ),
  }),
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
  deps: {
    readonly readCustomerData: (given: {
      readonly customerId: string;
      readonly withRecognised: boolean;
    }) => Promise<readonly unknown[]>;
  },
): void {
  app.get("/privacy/customers/:id", { config: { access: ["service"] }, schema }, async (request, reply) => {
    if (callerOf(request).clientId !== "auth") throw houseProblem("forbidden");
    reply.header("cache-control", "no-store");
    const given = {
      customerId: request.params.id.toLowerCase(),
      withRecognised: request.query.recognised ?? false,
    };
    return { orders: [...(await deps.readCustomerData(given))] };
  });
}
