import { type App, callerOf, houseProblem, IdParams, Nullable, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Charge } from "../domain/charge.ts";
import type { ChargeStore } from "../storage/charge-store.ts";
import { chargesOfCustomer } from "../use-cases/customer-charges.ts";
import { ChargeWith, viewOfCharge } from "./charge-schema.ts";
import { ownReasonIn } from "./own-reasons.ts";
import { RefundListedSchema, viewOfRefunds } from "./refund-schema.ts";

const HeldCharge = ChargeWith({
  refunds: Type.Array(RefundListedSchema),
  close_reason: Nullable(Type.String({ description: "Why it was closed without money" })),
});

const schema = {
  operationId: "read-customer-data",
  tags: ["privacy"],
  summary: "What payment holds about one person",
  description: "For auth, which answers a person's request for all their data (LGPD art. 18); nobody else may ask.",
  params: IdParams,
  response: {
    200: Type.Object({ payments: Type.Array(HeldCharge) }),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /privacy/customers/{id}` */
export function readCustomerDataRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get("/privacy/customers/:id", { config: { access: ["service"] }, schema }, async (request, reply) => {
    if (callerOf(request).clientId !== "auth") throw houseProblem("forbidden");
    const charges = await chargesOfCustomer(store, request.params.id.toLowerCase());
    reply.header("cache-control", "no-store");
    return { payments: await Promise.all(charges.map(viewOfHeld)) };
  });
}

async function viewOfHeld(charge: Charge) {
  return {
    ...(await viewOfCharge(charge, "guest")),
    refunds: viewOfRefunds(charge),
    close_reason: closeReasonOf(charge),
  };
}

function closeReasonOf({ entries }: Charge): string | null {
  const closing = entries.findLast(({ kind, summary }) => kind === "decision" && summary.startsWith("close as "));
  const reason = closing?.detail["reason"];
  return typeof reason === "string" ? ownReasonIn("pt", reason) : null;
}
