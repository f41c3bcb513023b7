import { type App, houseProblem, IdParams, InstantSchema, problemResponses, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import type { FlowEntry, MoneyEntry } from "../domain/charge.ts";
import { balanceOf, isBalanced } from "../domain/ledger.ts";
import type { ChargeStore } from "../storage/charge-store.ts";

const schema = {
  operationId: "list-transactions",
  tags: ["payments"],
  summary: "The recorded flow of a payment",
  description:
    "Everything that was asked, answered, notified and decided, and every centavo that moved (`money`, in double entry), oldest first, without secrets; with what the money adds up to.",
  params: IdParams,
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          at: InstantSchema,
          kind: Type.Enum(["intent", "request", "answer", "notification", "decision", "event", "money"]),
          summary: Type.String(),
          detail: Type.Object({}, { additionalProperties: true }),
        }),
      ),
      balance: Type.Object({
        held_cents: Type.Integer({ description: "With us: at the provider, or in the drawer" }),
        owed_cents: Type.Integer({ description: "With us, and a guest's" }),
        sales_cents: Type.Integer(),
        losses_cents: Type.Integer(),
        is_balanced: Type.Boolean({ description: "The entries add up to what the charge states" }),
      }),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** What only serves to recognise a repeated request is of no use to a reader. */
const INTERNAL = new Set(["key", "fingerprint"]);

/** `GET /payments/{id}/transactions` */
export function listTransactionsRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get(
    "/payments/:id/transactions",
    { config: { access: STAFF, audit: "list-transactions" }, schema },
    async (request) => {
      const charge = await store.get(request.params.id.toLowerCase());
      if (charge === null) throw houseProblem("not-found");
      const { heldCents, owedCents, salesCents, lossesCents } = balanceOf(charge);
      return {
        // What follows from a step stands after it: the order of equal times is kept.
        items: [...charge.entries.map(viewOfStep), ...charge.ledger.map(viewOfMoney)].toSorted(
          (one, other) => Date.parse(one.at) - Date.parse(other.at),
        ),
        balance: {
          held_cents: heldCents,
          owed_cents: owedCents,
          sales_cents: salesCents,
          losses_cents: lossesCents,
          is_balanced: isBalanced(charge),
        },
      };
    },
  );
}

function viewOfStep({ at, kind, summary, detail }: FlowEntry) {
  const shown = Object.entries(detail).filter(([name]) => !INTERNAL.has(name) && !name.startsWith("answered_"));
  return { at: at.toISOString(), kind, summary, detail: Object.fromEntries(shown) };
}

function viewOfMoney({ at, why, isReversal, debit, credit, amountCents }: MoneyEntry) {
  const detail = { debit, credit, amount_cents: amountCents };
  const summary = isReversal ? `booked back: ${why}` : why;
  return { at: at.toISOString(), kind: "money" as const, summary, detail };
}
