import { type App, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { linesLeft } from "../domain/refund-lines.ts";
import { leftCents } from "../domain/refund-sums.ts";
import type { ChargeStore } from "../storage/charge-store.ts";
import { MONEY_READERS } from "./charge-access.ts";
import { RefundListedSchema, viewOfRefunds } from "./refund-schema.ts";

const Cents = Type.Integer({ minimum: 0, description: "centavos" });

const schema = {
  operationId: "list-refunds",
  tags: ["payments"],
  summary: "The refunds of a payment, and what can still be given back",
  params: IdParams,
  response: {
    200: Type.Object({
      items: Type.Array(RefundListedSchema),
      left: Type.Object({
        amount_cents: Cents,
        items: Type.Array(
          Type.Object({
            id: Type.String({ description: "Names the line in `POST /payments/{id}/refunds`" }),
            title: Type.String(),
            quantity: Type.Integer({ minimum: 0, description: "What no refund has asked for yet" }),
            unit_price_cents: Cents,
          }),
        ),
      }),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `GET /payments/{id}/refunds` */
export function listRefundsRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get("/payments/:id/refunds", { config: { access: [...MONEY_READERS, "service"] }, schema }, async (request) => {
    const charge = await store.get(request.params.id.toLowerCase());
    if (charge === null) throw houseProblem("not-found");
    return {
      items: viewOfRefunds(charge),
      left: {
        amount_cents: leftCents(charge),
        items: linesLeft(charge).map(({ item: { id, title, unitPriceCents }, leftQuantity: quantity }) => ({
          id,
          title,
          quantity,
          unit_price_cents: unitPriceCents,
        })),
      },
    };
  });
}
