import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { asFirstAnswered } from "../domain/first-answer.ts";
import type { Received, ReceiveRefusal } from "../domain/receive-at-counter.ts";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ChargeDesk, UnknownCharge } from "../use-cases/charge-desk.ts";
import { type FindCharge, HOUSE } from "../use-cases/find-charge.ts";
import { receiveAtCounter } from "../use-cases/receive-at-counter.ts";
import { ChargeWith, viewOfCharge } from "./charge-schema.ts";
import { fingerprintOf, IdempotencyHeaders } from "./idempotency.ts";
import { inReais, statusParams } from "./problem-words.ts";

const schema = {
  operationId: "receive-at-counter",
  tags: ["payments"],
  summary: "Take the money at the counter",
  description: "Cash or card, for charges of the method `counter`. Answers the change to hand back.",
  params: IdParams,
  headers: IdempotencyHeaders,
  body: Type.Object(
    {
      tender: Type.Enum(["cash", "card"]),
      received_cents: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 100_000_000,
          description: "What was handed over; absent: the exact amount",
        }),
      ),
    },
    { examples: [{ tender: "cash", received_cents: 5000 }] },
  ),
  response: {
    200: ChargeWith({ change_cents: Type.Integer({ minimum: 0, description: "centavos to hand back" }) }),
    ...problemResponses(
      [
        "malformed-json",
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "not-found",
        "not-at-counter",
        "already-received",
        "already-closed",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "received-too-little",
        "card-takes-exact",
        "idempotency-key-reused",
        "internal",
        "unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

type Deps = { readonly desk: ChargeDesk; readonly findCharge: FindCharge };

/** `POST /payments/{id}/receive` */
export function receiveAtCounterRoute(app: App, { desk, findCharge }: Deps): void {
  const access = ["cashier", "manager", "admin"] as const;
  app.post(
    "/payments/:id/receive",
    { config: { access, audit: "receive-at-counter", auditAhead: true }, schema },
    async (request, reply) => {
      const found = await findCharge(request.params.id.toLowerCase(), HOUSE);
      if (found === null) throw houseProblem("not-found");
      const { tender, received_cents: receivedCents = null } = request.body;
      request.audit.add({ details: { tender } });
      const { id: actor } = callerOf(request);
      const key = request.headers["idempotency-key"];
      const received = await receiveAtCounter(desk, found.id, {
        receipt: {
          tender,
          receivedCents,
          actor,
          key: key === undefined ? null : fingerprintOf([actor, key]),
          fingerprint: fingerprintOf(request.body),
        },
        traceparent: request.traceparent,
      });
      if (!received.ok) throw problemOf(received.refusal);
      if (received.value.isReplay) reply.header("idempotency-replayed", "true");
      return reply.code(200).send(await answerOf(received.value));
    },
  );
}

async function answerOf({ charge, changeCents }: Received) {
  const told = asFirstAnswered(charge, (detail) => detail["tender"] !== undefined);
  const view = await viewOfCharge(told.charge, "house");
  return { ...view, refunding_cents: told.refundingCents, change_cents: changeCents };
}

function problemOf(refusal: ReceiveRefusal | UnknownCharge) {
  switch (refusal.kind) {
    case "unknown-charge":
      return houseProblem("not-found");
    case "not-at-counter":
      return paymentProblem("not-at-counter");
    case "already-received":
      return paymentProblem("already-received");
    case "closed":
      return paymentProblem("already-closed", { params: statusParams(refusal.status) });
    case "too-little":
      return paymentProblem("received-too-little", {
        params: { missing: inReais(refusal.missingCents) },
        extensions: { missing_cents: refusal.missingCents },
      });
    case "card-takes-exact":
      return paymentProblem("card-takes-exact");
    case "key-reused":
      return paymentProblem("idempotency-key-reused");
  }
}
