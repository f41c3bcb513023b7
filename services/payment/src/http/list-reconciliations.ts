import { type App, PageOf, pageQuery, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ReconciliationStore } from "../storage/reconciliation-store.ts";
import { cursorOf, idOfCursor } from "./cursor.ts";
import { ReconciliationSchema, viewOfRun } from "./reconciliation-schema.ts";

const schema = {
  operationId: "list-reconciliations",
  tags: ["reconciliations"],
  summary: "List comparisons with Mercado Pago",
  description: "Newest first, in figures; each by its id tells its differences.",
  querystring: Type.Object({ ...pageQuery }),
  response: {
    200: PageOf(ReconciliationSchema),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

type Deps = { readonly reconciliations: ReconciliationStore };

/** `GET /payments/reconciliations` */
export function listReconciliationsRoute(app: App, { reconciliations }: Deps): void {
  app.get("/payments/reconciliations", { config: { access: ["admin"] }, schema }, async (request) => {
    const { limit, cursor } = request.query;
    const after = cursor === undefined ? undefined : idOfCursor(cursor);
    const page = await reconciliations.list({ limit: limit + 1, ...(after === undefined ? {} : { after }) });
    const last = page[limit - 1];
    return {
      items: page.slice(0, limit).map(viewOfRun),
      next_cursor: page.length > limit && last !== undefined ? cursorOf(last.id) : null,
    };
  });
}
