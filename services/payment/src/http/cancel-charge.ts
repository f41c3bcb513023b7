import { type App, FreeText, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { paymentProblem, paymentProblems } from "../problems.ts";
import { type CancelRefusal, cancelCharge } from "../use-cases/cancel-charge.ts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";
import { type FindCharge, HOUSE } from "../use-cases/find-charge.ts";
import { ChargeSchema, viewOfCharge } from "./charge-schema.ts";
import { statusParams } from "./problem-words.ts";

const schema = {
  operationId: "cancel-charge",
  tags: ["payments"],
  summary: "Give an open payment up",
  description:
    "Closed at Mercado Pago first. When the payer was faster, 409 `already-paid`: ask for a refund then. A card terminal that shows the charge is asked to give it up: 202, still open, until it answers. Repeating it changes nothing.",
  params: IdParams,
  body: Type.Optional(Type.Union([Type.Object({ reason: Type.Optional(FreeText({ max: 200 })) }), Type.Null()])),
  response: {
    200: ChargeSchema,
    202: { ...ChargeSchema, description: "The card terminal was asked to give it up; ask again in a moment" },
    ...problemResponses(
      [
        "malformed-json",
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "not-found",
        "already-paid",
        "already-closed",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "internal",
        "unavailable",
        "provider-unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

type Deps = { readonly desk: ChargeDesk; readonly findCharge: FindCharge };

/** `POST /payments/{id}/cancel` */
export function cancelChargeRoute(app: App, { desk, findCharge }: Deps): void {
  app.post(
    "/payments/:id/cancel",
    { config: { access: ["admin", "service"], audit: "cancel-charge", auditAhead: true }, schema },
    async (request, reply) => {
      const charge = await findCharge(request.params.id.toLowerCase(), HOUSE);
      if (charge === null) throw houseProblem("not-found");
      const cancelled = await cancelCharge(desk, charge.id, {
        reason: request.body?.reason ?? "asked for",
        refundIfPaid: false,
        traceparent: request.traceparent,
      });
      if (cancelled.ok) return viewOfCharge(cancelled.value, "house");
      const { refusal } = cancelled;
      if (refusal.kind !== "being-closed") throw problemOf(refusal);
      reply.code(202).header("retry-after", "2");
      return viewOfCharge(refusal.charge, "house");
    },
  );
}

function problemOf(refusal: Exclude<CancelRefusal, { kind: "being-closed" }>) {
  switch (refusal.kind) {
    case "unknown-charge":
      return houseProblem("not-found");
    case "already-paid":
      return paymentProblem("already-paid");
    case "already-closed":
      return paymentProblem("already-closed", { params: statusParams(refusal.status) });
    case "provider-away":
      return paymentProblem("provider-unavailable", { headers: { "retry-after": "2" } });
  }
}
