import { CHARGE_STATUSES, PAYMENT_METHODS, toChargeDetail } from "@comanda/contracts";
import type { Id } from "@comanda/primitives";
import type { ServiceTokens } from "@comanda/service-kit";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Charge, Order, ReleaseReason } from "../domain/order.ts";
import { descriptionOf, itemsOf, payerOf } from "../domain/payment-events.ts";
import type { ChargeSnapshot } from "../domain/settle.ts";

/** What came of asking payment to close a charge. `unknown-charge`: it never heard of it. */
type CloseAnswer =
  | { readonly kind: "snapshot"; readonly snapshot: ChargeSnapshot }
  | { readonly kind: "unknown-charge" }
  | { readonly kind: "no-answer" };

/** What stands beside a device. `none`: no card terminal. */
type TerminalAnswer = { readonly busyWith: Id | null } | "none" | "no-answer";

/** The payment service, in our words. */
export type PaymentService = {
  /** Asks for the charge, and gives up after the budget: `null`, and the event brings it later. Never throws. */
  readonly requestCharge: (order: Order, charge: Charge, traceparent: string) => Promise<ChargeSnapshot | null>;
  /** Asks to close the charge, and learns how it stands now; payment writes the reason down. Never throws. */
  readonly closeCharge: (paymentId: Id, traceparent: string | null, reason: ReleaseReason) => Promise<CloseAnswer>;
  /** The card terminal beside a device, and the order whose charge is there now. Never throws. */
  readonly findTerminal: (deviceId: Id, traceparent: string | null) => Promise<TerminalAnswer>;
};

export type PaymentServiceOptions = {
  readonly url: string;
  readonly tokens: ServiceTokens;
  readonly log: { readonly warn: (record: object, message: string) => void };
  /** How long a guest waits for the QR, in ms. */
  readonly requestBudgetMs: number;
  readonly closeBudgetMs: number;
};

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableInstant = Type.Union([Type.String({ format: "date-time" }), Type.Null()]);

/** What we read of a payment (the contract); what else it says is not ours to check. */
const PaymentAnswer = Type.Object({
  id: Type.String({ format: "uuid" }),
  order_id: Type.String({ format: "uuid" }),
  attempt: Type.Integer({ minimum: 1 }),
  status: Type.Enum(CHARGE_STATUSES),
  method: Type.Enum(PAYMENT_METHODS),
  amount_cents: Type.Integer({ minimum: 0 }),
  refunded_cents: Type.Integer({ minimum: 0 }),
  refunding_cents: Type.Optional(Type.Integer({ minimum: 0 })),
  qr_code: NullableText,
  payment_link: NullableText,
  detail: Type.Optional(NullableText),
  expires_at: NullableInstant,
  approved_at: Type.Optional(NullableInstant),
  version: Type.Integer({ minimum: 1 }),
});

/** What we read of a point of sale. */
const PointOfSaleAnswer = Type.Object({
  terminal_id: NullableText,
  terminal_busy_with: Type.Union([Type.Null(), Type.Object({ order_id: Type.String({ format: "uuid" }) })]),
});

/** Calls payment over HTTP with this service's own token; every call has its time and ends in an answer. */
export function createPaymentService(options: PaymentServiceOptions): PaymentService {
  const { tokens, log, requestBudgetMs, closeBudgetMs } = options;

  async function call(path: string, request: CallRequest): Promise<{ status: number; body: unknown }> {
    const signal = AbortSignal.timeout(request.budgetMs);
    const token = await Promise.race([tokens.get(), rejectOn(signal)]);
    const response = await fetch(new URL(path, options.url), {
      method: request.method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...(request.idempotencyKey === undefined ? {} : { "idempotency-key": request.idempotencyKey }),
        ...(request.traceparent === null ? {} : { traceparent: request.traceparent }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal,
      redirect: "error",
    });
    // The next call, which there is for each of these, comes with another.
    if (response.status === 401) tokens.forget(token);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : undefined };
  }

  return {
    requestCharge: async (order, charge, traceparent) => {
      const body = bodyOf(order, charge);
      const about = { order: order.id, payment: charge.paymentId };
      try {
        const answer = await call("/payments/", {
          method: "POST",
          body,
          idempotencyKey: charge.paymentId,
          budgetMs: requestBudgetMs,
          traceparent,
        });
        const snapshot = readSnapshot(answer.body, charge.paymentId);
        if (snapshot !== null && snapshot.orderId === order.id) return snapshot;
        log.warn(
          { ...about, status: answer.status },
          "payment did not answer with the charge; the event will bring it",
        );
      } catch (error) {
        log.warn({ ...about, err: error }, "payment did not answer in time; the event will bring the charge");
      }
      return null;
    },
    findTerminal: async (deviceId, traceparent) => {
      try {
        const request = { method: "GET", budgetMs: requestBudgetMs, traceparent } as const;
        const { body } = await call(`/payments/points_of_sale/${deviceId}`, request);
        if (!Value.Check(PointOfSaleAnswer, body)) return "no-answer";
        return body.terminal_id === null ? "none" : { busyWith: body.terminal_busy_with?.order_id ?? null };
      } catch (error) {
        log.warn({ device: deviceId, err: error }, "payment could not be asked for a card terminal");
        return "no-answer";
      }
    },
    closeCharge: async (paymentId, traceparent, reason) => {
      try {
        const request = { budgetMs: closeBudgetMs, traceparent };
        const closed = await call(`/payments/${paymentId}/cancel`, { ...request, body: { reason }, method: "POST" });
        if (closed.status === 404) return { kind: "unknown-charge" };
        // The provider is away, or payment is: nobody knows whether it is closed.
        if (closed.status >= 500) return { kind: "no-answer" };
        const snapshot = readSnapshot(closed.body, paymentId);
        if (snapshot !== null) return { kind: "snapshot", snapshot };
        // It would not be closed (409: paid or over meanwhile): what it is now decides.
        const read = readSnapshot(
          (await call(`/payments/${paymentId}`, { ...request, method: "GET" })).body,
          paymentId,
        );
        return read === null ? { kind: "no-answer" } : { kind: "snapshot", snapshot: read };
      } catch (error) {
        log.warn({ payment: paymentId, err: error }, "payment could not be asked to close a charge");
        return { kind: "no-answer" };
      }
    },
  };
}

type CallRequest = {
  readonly method: "GET" | "POST";
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly budgetMs: number;
  readonly traceparent: string | null;
};

function bodyOf(order: Order, charge: Charge): Record<string, unknown> {
  return {
    id: charge.paymentId,
    order_id: order.id,
    attempt: charge.attempt,
    customer_id: payerOf(order),
    amount_cents: charge.amountCents,
    method: charge.method,
    description: descriptionOf(order.number),
    items: itemsOf(order),
    expires_at: order.expiresAt,
    device_id: charge.deviceId,
  };
}

/** `null` for anything that is not this charge: a wrong answer is no answer. */
function readSnapshot(body: unknown, paymentId: Id): ChargeSnapshot | null {
  if (!Value.Check(PaymentAnswer, body) || body.id !== paymentId) return null;
  return {
    paymentId: body.id,
    orderId: body.order_id,
    attempt: body.attempt,
    status: body.status,
    method: body.method,
    amountCents: body.amount_cents,
    refundedCents: body.refunded_cents,
    refundingCents: body.refunding_cents ?? null,
    qrCode: body.qr_code,
    paymentLink: body.payment_link,
    detail: toChargeDetail(body.detail),
    expiresAt: instant(body.expires_at),
    approvedAt: instant(body.approved_at ?? null),
    version: body.version,
  };
}

function instant(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
