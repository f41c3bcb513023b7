import { PAYMENT_METHODS } from "@comanda/contracts";
import { ORDER_TOTAL_MAX_CENTS } from "@comanda/primitives";
import { type App, callerOf, IdSchema, Line, Nullable, problemResponses } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import type { Payer } from "../domain/payer.ts";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { RequestKeyStore } from "../storage/request-key-store.ts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";
import { type RequestRefusal, requestCharge } from "../use-cases/request-charge.ts";
import { ChargeSchema, viewOfCharge } from "./charge-schema.ts";
import { fingerprintOf, IdempotencyHeaders } from "./idempotency.ts";

const PayerText = Type.String({ maxLength: 200 });

const Body = Type.Object(
  {
    id: Type.Optional(IdSchema),
    order_id: IdSchema,
    attempt: Type.Integer({ minimum: 1, maximum: 1000 }),
    customer_id: Type.Optional(Nullable(IdSchema)),
    amount_cents: Type.Integer({ minimum: 1, maximum: ORDER_TOTAL_MAX_CENTS }),
    currency: Type.Optional(Type.Literal("BRL")),
    method: Type.Enum(PAYMENT_METHODS),
    description: Line({ max: 150, description: "Shown to the payer; no personal data" }),
    items: Type.Array(
      Type.Object({
        id: Type.Optional(
          Line({ max: 64, description: "Names the line in a refund; its place, from 1, when not said" }),
        ),
        title: Line({ max: 300 }),
        quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
        unit_price_cents: Type.Integer({ minimum: 0, maximum: ORDER_TOTAL_MAX_CENTS }),
      }),
      { maxItems: 200 },
    ),
    device_id: Type.Optional(Nullable(IdSchema)),
    payer: Type.Optional(
      Type.Object(
        {
          name: Type.Optional(PayerText),
          surname: Type.Optional(PayerText),
          email: Type.Optional(PayerText),
          cpf: Type.Optional(PayerText),
        },
        {
          additionalProperties: true,
          description:
            "For the payment page of a link, which then need not ask; never stored, and for other methods not passed on",
        },
      ),
    ),
    expires_at: Type.Optional(
      Nullable(Type.String({ format: "date-time", description: "When the whole order gives up waiting" })),
    ),
  },
  {
    examples: [
      {
        order_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01",
        attempt: 1,
        customer_id: null,
        amount_cents: 4290,
        method: "qr",
        description: "Pedido 47",
        items: [{ title: "X-Salada", quantity: 1, unit_price_cents: 4290 }],
      },
    ],
  },
);

const schema = {
  operationId: "request-charge",
  tags: ["payments"],
  summary: "Charge one attempt of an order",
  description:
    "One charge per order and attempt: asking again gives the same one. With Mercado Pago away it is `created` and the QR follows by itself. `id` and `expires_at` are optional: the order names its charges itself. `device_id` is the paired device at which it is paid: it chooses the point of sale, and the card terminal of the method `terminal`; where another charge is at that terminal, this one waits its turn (`detail: waiting_for_terminal`).",
  headers: IdempotencyHeaders,
  body: Body,
  response: {
    201: ChargeSchema,
    ...problemResponses(
      [
        "malformed-json",
        "malformed-request",
        "unauthenticated",
        "forbidden",
        "attempt-taken",
        "attempt-superseded",
        "already-paid",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "idempotency-key-reused",
        "internal",
        "unavailable",
        "provider-unavailable",
      ],
      paymentProblems,
    ),
  },
} as const;

type Deps = { readonly desk: ChargeDesk; readonly requestKeys: RequestKeyStore };

/** `POST /payments/` */
export function requestChargeRoute(app: App, { desk, requestKeys }: Deps): void {
  app.post("/payments/", { config: { access: ["service"] }, schema }, async (request, reply) => {
    const { body, traceparent } = request;
    const key = request.headers["idempotency-key"];
    // Who names the charge by its key is told apart by the charge: nothing more to write while a guest waits.
    if (key !== undefined && key !== body.id) {
      const { payer: _never_kept, ...told } = body;
      const use = { key: fingerprintOf([callerOf(request).id, key]), fingerprint: fingerprintOf(told) };
      if (!(await requestKeys.bind({ ...use, at: desk.clock.now() }))) throw paymentProblem("idempotency-key-reused");
    }
    const requested = await requestCharge(
      desk,
      {
        id: body.id?.toLowerCase() ?? null,
        orderId: body.order_id.toLowerCase(),
        attempt: body.attempt,
        customerId: body.customer_id?.toLowerCase() ?? null,
        amountCents: body.amount_cents,
        method: body.method,
        description: body.description,
        items: body.items.map(({ id, title, quantity, unit_price_cents: unitPriceCents }) => ({
          id,
          title,
          quantity,
          unitPriceCents,
        })),
        payer: body.payer === undefined ? null : payerOf(body.payer),
        deviceId: body.device_id?.toLowerCase() ?? null,
        orderExpiresAt: body.expires_at == null ? null : new Date(body.expires_at),
      },
      traceparent,
    );
    if (!requested.ok) throw problemOf(requested.refusal, key !== undefined);
    if (!requested.value.isNew) reply.header("idempotency-replayed", "true");
    return reply.code(201).send(await viewOfCharge(requested.value.charge, "house"));
  });
}

/** One name is first and last name in one. */
function payerOf(payer: NonNullable<Static<typeof Body>["payer"]>): Payer {
  const [first = null, ...more] = payer.name?.trim().split(/\s+/) ?? [];
  return {
    name: payer.surname === undefined ? first : (payer.name ?? null),
    surname: payer.surname ?? (more.length === 0 ? null : more.join(" ")),
    email: payer.email ?? null,
    cpf: payer.cpf ?? null,
  };
}

function problemOf({ kind }: RequestRefusal, hasKey: boolean) {
  switch (kind) {
    case "attempt-taken":
      // Order and attempt are the key of this request; with a header the caller means just that.
      return paymentProblem(hasKey ? "idempotency-key-reused" : "attempt-taken");
    case "superseded":
      return paymentProblem("attempt-superseded");
    case "already-paid":
      return paymentProblem("already-paid");
    case "provider-away":
      return paymentProblem("provider-unavailable", { headers: { "retry-after": "2" } });
  }
}
