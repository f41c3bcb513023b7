import { type App, callerOf, FreeText, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { asFirstAnswered } from "../domain/first-answer.ts";
import type { RefundRefusal, RefundRequested } from "../domain/refunds.ts";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ChargeDesk, UnknownCharge } from "../use-cases/charge-desk.ts";
import { refundCharge } from "../use-cases/refund-charge.ts";
import { ChargeWith, viewOfCharge } from "./charge-schema.ts";
import { fingerprintOf, IdempotencyHeaders } from "./idempotency.ts";
import { inReais, statusParams } from "./problem-words.ts";
import { RefundSchema, viewOfRefundWish } from "./refund-schema.ts";

const WantedItem = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64, description: "The line: the order's item id, or its place from 1" }),
  quantity: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: "All that is left of it, when not said" }),
  ),
});

const schema = {
  operationId: "refund-charge",
  tags: ["payments"],
  summary: "Give money back",
  description:
    "All that is left, `amount_cents` of it, or the lines in `items`; together never more than was paid, and no line twice. The refund is written down at once and carried out at Mercado Pago right after: the charge is `refund_pending` until the money is back.",
  params: IdParams,
  headers: IdempotencyHeaders,
  body: Type.Optional(
    Type.Union([
      Type.Object(
        {
          amount_cents: Type.Optional(Type.Integer({ minimum: 1 })),
          items: Type.Optional(Type.Array(WantedItem, { minItems: 1, maxItems: 200 })),
          reason: Type.Optional(FreeText({ max: 200 })),
        },
        {
          examples: [
            { amount_cents: 1000, reason: "cortesia" },
            { items: [{ id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a09", quantity: 1 }], reason: "produto em falta" },
          ],
        },
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
        "refund-window-over",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "refund-exceeds-paid",
        "refund-item-unknown",
        "refund-item-repeated",
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
  app.post(
    "/payments/:id/refunds",
    { config: { access: ["admin", "service"], audit: "refund-charge", auditAhead: true }, schema },
    async (request, reply) => {
      const { amount_cents: amountCents = null, items = [], reason = "asked for" } = request.body ?? {};
      request.audit.add({ details: { amount_cents: amountCents } });
      if (amountCents !== null && items.length > 0) throw bothProblem();
      const caller = callerOf(request);
      const key = request.headers["idempotency-key"] ?? null;
      const refunded = await refundCharge(desk, request.params.id.toLowerCase(), {
        request: {
          amountCents,
          lines: items.map(({ id: itemId, quantity = null }) => ({ itemId, quantity })),
          reason,
          actor: `${caller.role} ${caller.id}`,
          // Each caller has keys of its own.
          idempotencyKey: key === null ? null : fingerprintOf([caller.id, key]),
          fingerprint: fingerprintOf(request.body ?? {}),
        },
        traceparent: request.traceparent,
      });
      if (!refunded.ok) throw problemOfRefund(refunded.refusal);
      const { amountCents: givenCents, lines } = refunded.value.refund;
      request.audit.add({
        details: {
          amount_cents: givenCents,
          ...(lines.length === 0 ? {} : { items: lines.map((line) => `${line.quantity} × ${line.itemId}`) }),
        },
      });
      if (refunded.value.isReplay) reply.header("idempotency-replayed", "true");
      return reply.code(201).send(await viewOfRefund(refunded.value));
    },
  );
}

/** The charge with a refund that was asked for, as it was first told. */
export async function viewOfRefund({ charge, refund }: RefundRequested) {
  const told = asFirstAnswered(charge, (detail) => detail["refund_id"] === refund.id);
  return {
    ...(await viewOfCharge(told.charge, "house")),
    refunding_cents: told.refundingCents,
    refund: {
      ...viewOfRefundWish(refund),
      status: charge.provider === "counter" ? ("done" as const) : ("requested" as const),
    },
  };
}

function bothProblem() {
  const words = { pt: "diga o valor ou os itens, não os dois", en: "say the amount or the items, not both" };
  return houseProblem("validation-failed", { faults: [{ path: "/items", words }] });
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
    case "too-late":
      return paymentProblem("refund-window-over");
    case "key-reused":
      return paymentProblem("idempotency-key-reused");
    case "unknown-item":
      return paymentProblem("refund-item-unknown", { extensions: { item_id: refusal.itemId } });
    case "item-already-refunded":
      return paymentProblem("refund-item-repeated", {
        params: { left: refusal.leftQuantity },
        extensions: { item_id: refusal.itemId, left_quantity: refusal.leftQuantity },
      });
  }
}
