import { type App, houseProblem, IdParams, InstantSchema, problemResponses, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ChargeStore } from "../storage/charge-store.ts";

const schema = {
  operationId: "list-transactions",
  tags: ["payments"],
  summary: "The recorded flow of a payment",
  description: "Everything that was asked, answered, notified and decided, oldest first, without secrets.",
  params: IdParams,
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          at: InstantSchema,
          kind: Type.Enum(["intent", "request", "answer", "notification", "decision", "event"]),
          summary: Type.String(),
          detail: Type.Object({}, { additionalProperties: true }),
        }),
      ),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** What only serves to recognise a repeated request is of no use to a reader. */
const INTERNAL = new Set(["key", "fingerprint"]);

/** `GET /payments/{id}/transactions` */
export function listTransactionsRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get("/payments/:id/transactions", { config: { access: STAFF }, schema }, async (request) => {
    const charge = await store.get(request.params.id.toLowerCase());
    if (charge === null) throw houseProblem("not-found");
    return {
      items: charge.entries.map(({ at, kind, summary, detail }) => ({
        at: at.toISOString(),
        kind,
        summary,
        detail: Object.fromEntries(
          Object.entries(detail).filter(([name]) => !INTERNAL.has(name) && !name.startsWith("answered_")),
        ),
      })),
    };
  });
}
