import { type App, houseProblem, IdSchema, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { RetryRefusal } from "../domain/retry-refund.ts";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ChargeDesk, UnknownCharge } from "../use-cases/charge-desk.ts";
import { retryFailedRefund } from "../use-cases/retry-refund.ts";
import { ChargeWith } from "./charge-schema.ts";
import { problemOfRefund, viewOfRefund } from "./refund-charge.ts";
import { RefundSchema } from "./refund-schema.ts";

const schema = {
  operationId: "retry-refund",
  tags: ["payments"],
  summary: "Try a failed refund once more",
  description:
    "For a refund that the provider failed, such as for lack of balance. Makes a new refund of the same amount; asked again it gives the same one.",
  params: Type.Object({ id: IdSchema, refund_id: IdSchema }),
  response: {
    201: ChargeWith({ refund: RefundSchema }),
    ...problemResponses(
      [
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "not-found",
        "nothing-to-refund",
        "refund-window-over",
        "refund-not-failed",
        "refund-exceeds-paid",
        "internal",
        "unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

/** `POST /payments/{id}/refunds/{refund_id}/retry` */
export function retryRefundRoute(app: App, desk: ChargeDesk): void {
  const path = "/payments/:id/refunds/:refund_id/retry";
  app.post(
    path,
    { config: { access: ["admin"], audit: "retry-refund", auditAhead: true }, schema },
    async (request, reply) => {
      const { id, refund_id: refundId } = request.params;
      request.audit.add({ details: { refund: refundId.toLowerCase() } });
      const retried = await retryFailedRefund(desk, id.toLowerCase(), {
        refundId: refundId.toLowerCase(),
        traceparent: request.traceparent,
      });
      if (!retried.ok) throw problemOf(retried.refusal);
      request.audit.add({ details: { amount_cents: retried.value.refund.amountCents } });
      if (retried.value.isReplay) reply.header("idempotency-replayed", "true");
      return reply.code(201).send(await viewOfRefund(retried.value));
    },
  );
}

function problemOf(refusal: RetryRefusal | UnknownCharge) {
  switch (refusal.kind) {
    case "unknown-refund":
      return houseProblem("not-found");
    case "refund-not-failed":
      return paymentProblem("refund-not-failed");
    case "unknown-charge":
    case "not-paid":
    case "exceeds-paid":
    case "too-late":
    case "key-reused":
    case "unknown-item":
    case "item-already-refunded":
      return problemOfRefund(refusal);
  }
}
