import { CHARGE_STATUSES } from "@comanda/contracts";
import { type App, houseProblem, IdSchema, problemResponses } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import type { Charge } from "../domain/charge.ts";
import { balanceOfOrder } from "../domain/order-balance.ts";
import type { ChargeStore } from "../storage/charge-store.ts";
import { MONEY_READERS } from "./charge-access.ts";

const BalanceSchema = Type.Object({
  held_cents: Type.Integer({ description: "With us: at the provider, or in the drawer" }),
  owed_cents: Type.Integer({ description: "With us, and a guest's" }),
  sales_cents: Type.Integer(),
  losses_cents: Type.Integer(),
  is_balanced: Type.Boolean({ description: "The entries add up to what the charges state" }),
  stated_cents: Type.Integer({ description: "What the charges state to be with us" }),
});

const schema = {
  operationId: "read-balance",
  tags: ["payments"],
  summary: "The balance of an order",
  description:
    "Computed from the entries of all its charges (double entry), and compared with what the charges state; charge by charge, oldest attempt first.",
  querystring: Type.Object({ order_id: IdSchema }),
  response: {
    200: Type.Object({
      order_id: IdSchema,
      currency: Type.Literal("BRL"),
      balance: BalanceSchema,
      payments: Type.Array(
        Type.Object({
          id: IdSchema,
          attempt: Type.Integer({ minimum: 1 }),
          status: Type.Enum(CHARGE_STATUSES),
          balance: BalanceSchema,
        }),
      ),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /payments/balance` */
export function readBalanceRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get("/payments/balance", { config: { access: MONEY_READERS }, schema }, async (request) => {
    const orderId = request.query.order_id.toLowerCase();
    const charges = await store.listOfOrder(orderId);
    if (charges.length === 0) throw houseProblem("not-found");
    return {
      order_id: orderId,
      currency: "BRL" as const,
      balance: viewOf(charges),
      payments: charges.map((charge) => ({
        id: charge.id,
        attempt: charge.attempt,
        status: charge.status,
        balance: viewOf([charge]),
      })),
    };
  });
}

function viewOf(charges: readonly Charge[]): Static<typeof BalanceSchema> {
  const { computed, statedCents, isBalanced } = balanceOfOrder(charges);
  return {
    held_cents: computed.heldCents,
    owed_cents: computed.owedCents,
    sales_cents: computed.salesCents,
    losses_cents: computed.lossesCents,
    is_balanced: isBalanced,
    stated_cents: statedCents,
  };
}
