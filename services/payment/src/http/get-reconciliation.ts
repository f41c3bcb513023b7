import { type App, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ReconciliationStore } from "../storage/reconciliation-store.ts";
import { csvOf } from "./reconciliation-csv.ts";
import { ReportSchema, viewOfDifference, viewOfRun } from "./reconciliation-schema.ts";

const schema = {
  operationId: "get-reconciliation",
  tags: ["reconciliations"],
  summary: "Read a comparison with Mercado Pago",
  description:
    "With every difference, the open ones first. With `Accept: text/csv` the differences as a table (RFC 4180, centavos).",
  params: IdParams,
  headers: Type.Object({ accept: Type.Optional(Type.String()) }, { additionalProperties: true }),
  response: {
    200: {
      description: "The run and its differences",
      content: {
        "application/json": { schema: ReportSchema },
        "text/csv": { schema: Type.String() },
      },
    },
    ...problemResponses(
      [
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "not-found",
        "reconciliation-not-done",
        "validation-failed",
        "internal",
        "unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

type Deps = { readonly reconciliations: ReconciliationStore };

/** `GET /payments/reconciliations/{id}` */
export function getReconciliationRoute(app: App, { reconciliations }: Deps): void {
  app.get("/payments/reconciliations/:id", { config: { access: ["admin"] }, schema }, async (request, reply) => {
    const report = await reconciliations.get(request.params.id.toLowerCase());
    if (report === null) throw houseProblem("not-found");
    reply.header("vary", "accept");
    if (!/^\s*text\/csv\b/i.test(request.headers.accept ?? "")) {
      return { ...viewOfRun(report), items: report.items.map(viewOfDifference) };
    }
    // A table without lines would look like a day without differences.
    if (report.status !== "done") throw paymentProblem("reconciliation-not-done");
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="conciliacao-${report.day}.csv"`)
      .send(csvOf(report));
  });
}
