import { type App, callerOf, houseProblem, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Reconciliation } from "../domain/reconciliation.ts";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ReconciliationStore } from "../storage/reconciliation-store.ts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";
import { requestReconciliation } from "../use-cases/request-reconciliation.ts";
import { fingerprintOf, IdempotencyHeaders } from "./idempotency.ts";
import { ReconciliationSchema, viewOfRun } from "./reconciliation-schema.ts";

const schema = {
  operationId: "request-reconciliation",
  tags: ["reconciliations"],
  summary: "Compare our book of a day with Mercado Pago's",
  description:
    "The run goes on in the background; `GET /payments/reconciliations/{id}` tells how far it is. While one of that day waits or runs, asking again gives that one.",
  headers: IdempotencyHeaders,
  body: Type.Object(
    { date: Type.String({ format: "date", description: "Business day: 05:00 to 05:00, America/Sao_Paulo" }) },
    { examples: [{ date: "2026-01-15" }] },
  ),
  response: {
    202: ReconciliationSchema,
    ...problemResponses(
      [
        "malformed-json",
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "idempotency-key-reused",
        "internal",
        "unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

type Deps = Pick<ChargeDesk, "clock" | "newId"> & {
  readonly reconciliations: ReconciliationStore;
  /** Called when there is something to run. */
  readonly wake: () => void;
};

/** `POST /payments/reconciliations` */
export function requestReconciliationRoute(app: App, deps: Deps): void {
  const config = { access: ["admin"], audit: "request-reconciliation", auditAhead: true } as const;
  app.post("/payments/reconciliations", { config, schema }, async (request, reply) => {
    request.audit.add({ details: { date: request.body.date } });
    const key = request.headers["idempotency-key"];
    const requested = await requestReconciliation(deps, {
      day: request.body.date,
      key: key === undefined ? null : fingerprintOf([callerOf(request).id, key]),
    });
    if (!requested.ok) throw problemOf(requested.refusal.kind);
    const { run, isReplay } = requested.value;
    if (isReplay) reply.header("idempotency-replayed", "true");
    deps.wake();
    return reply
      .code(202)
      .header("location", `/payments/reconciliations/${run.id}`)
      .send(viewOfRun(isReplay ? asRequested(run) : run));
  });
}

/** The run as it was first told: nothing has become of it yet. How far it is now, reading it tells. */
function asRequested(run: Reconciliation): Reconciliation {
  return { ...run, status: "queued", attempts: 0, startedAt: null, finishedAt: null, reason: null, summary: null };
}

function problemOf(kind: "no-day" | "key-reused") {
  if (kind === "key-reused") return paymentProblem("idempotency-key-reused");
  const words = { pt: "precisa ser um dia de movimento que já começou", en: "must be a business day that has begun" };
  return houseProblem("validation-failed", { faults: [{ path: "/date", words }] });
}
