import { type App, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { findErasure } from "../storage/erasures.ts";
import type { Db } from "../storage/sessions.ts";
import { ReceiptSchema, viewOfReceipt } from "./erasure-receipt.ts";

const schema = {
  operationId: "read-erasure",
  tags: ["customers"],
  summary: "How far an erasure is",
  description: "Whoever was erased has no token any more: the receipt's id is all it takes, and it names nobody.",
  params: IdParams,
  response: {
    200: ReceiptSchema,
    ...problemResponses(["unauthenticated", "not-found", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /customers/erasures/{id}` */
export function readErasureRoute(app: App, { db }: { readonly db: Db }): void {
  app.get("/customers/erasures/:id", { config: { access: "public" }, schema }, async (request, reply) => {
    const erasure = await findErasure(db, request.params.id.toLowerCase());
    if (erasure === null) throw houseProblem("not-found");
    reply.header("cache-control", "no-store");
    return viewOfReceipt(erasure);
  });
}
