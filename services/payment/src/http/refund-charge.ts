import {
  type App,
  callerOf,
  houseProblem,
  IdParams,
  InstantSchema,
  Line,
  problemResponses,
} from "@comanda/service-kit";
import { Type } from "typebox";
import { asFirstAnswered } from "../domain/first-answer.ts";
import type { RefundRefusal, RefundRequested } from "../domain/refunds.ts";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ChargeDesk, UnknownCharge } from "../use-cases/charge-desk.ts";
import { refundCharge } from "../use-cases/refund-charge.ts";
import { ChargeWith, viewOfCharge } from "./charge-schema.ts";
import { fingerprintOf, IdempotencyHeaders } from "./idempotency.ts";
import { inReais, statusParams } from "./problem-words.ts";

/** A refund on the wire. */
export const RefundSchema = Type.Object({
  id: Type.String({ format: "uuid" }),
  amount_cents: Type.Integer({ minimum: 1 }),
  status: Type.Enum(["requested", "in_process", "done", "failed"]),
  reason: Type.String(),
  created_at: InstantSchema,
});

const schema = {
  operationId: "refund-charge",
  tags: ["payments"],
  summary: "Give money back",
  description:
    "All that is left, or `amount_cents` of it; together never more than was paid. The refund is written down at once and carried out at Mercado Pago right after: the charge is `refund_pending` until the money is back.",
  params: IdParams,
  headers: IdempotencyHeaders,
  body: Type.Optional(
    Type.Union([
      Type.Object(
        { amount_cents: Type.Optional(Type.Integer({ minimum: 1 })), reason: Type.Optional(Line({ max: 200 })) },
        { examples: [{ amount_cents: 1000, reason: "produto em falta" }] },
      ),
      Type.Null(),
    ]),
  ),
  response: {
    201: ChargeWith({ refund: RefundSchema }),
    ...problemResponses(
      [
        "malformed-json",
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "not-found",
        "nothing-to-refund",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "refund-exceeds-paid",
        "idempotency-key-reused",
        "internal",
        "unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

/** `POST /payments/{id}/refunds` */
export function refundChargeRoute(app: App, desk: ChargeDesk): void {
  app.post("/payments/:id/refunds", { config: { access: ["admin", "service"] }, schema }, async (request, reply) => {
    const { amount_cents: amountCents = null, reason = "asked for" } = request.body ?? {};
    const key = request.headers["idempotency-key"] ?? null;
    const refunded = await refundCharge(desk, request.params.id.toLowerCase(), {
      request: {
        amountCents,
        reason,
        // Each caller has keys of its own.
        idempotencyKey: key === null ? null : fingerprintOf([callerOf(request).id, key]),
        fingerprint: fingerprintOf(request.body ?? {}),
      },
      traceparent: request.traceparent,
    });
    if (!refunded.ok) throw problemOfRefund(refunded.refusal);
    if (refunded.value.isReplay) reply.header("idempotency-replayed", "true");
    return reply.code(201).send(await viewOfRefund(refunded.value));
  });
}

/** The charge with a refund that was asked for, as it was first told. */
export async function viewOfRefund({ charge, refund }: RefundRequested) {
  const told = asFirstAnswered(charge, (detail) => detail["refund_id"] === refund.id);
  return {
    ...(await viewOfCharge(told, "house")),
    refund: {
      id: refund.id,
      amount_cents: refund.amountCents,
      status: charge.provider === "counter" ? ("done" as const) : ("requested" as const),
      reason: refund.reason,
      created_at: refund.requestedAt.toISOString(),
    },
  };
}

/** What a caller is told when no refund is made. */
export function problemOfRefund(refusal: RefundRefusal | UnknownCharge) {
  switch (refusal.kind) {
    case "unknown-charge":
      return houseProblem("not-found");
    case "not-paid":
      return paymentProblem("nothing-to-refund", { params: statusParams(refusal.status) });
    case "exceeds-paid":
      return paymentProblem("refund-exceeds-paid", {
        params: { left: inReais(refusal.leftCents) },
        extensions: { left_cents: refusal.leftCents },
      });
    case "key-reused":
      return paymentProblem("idempotency-key-reused");
  }
}
