import { writeBrCode } from "../domain/br-code.ts";
import { instantMs } from "../domain/dates.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import { centsOfReais } from "../domain/money.ts";
import type { Payment } from "../domain/payment.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { watchPayment } from "./current-charge.ts";
import { savePayment } from "./save-charge.ts";

/** Body of `POST /v1/payments` once its schema holds. */
export type CreatePaymentInput = {
  transaction_amount: number;
  payment_method_id?: string;
  /** A card token; without one the payment is a Pix. */
  token?: string;
  installments?: number;
  /** `false` reserves a card's money without taking it. */
  capture?: boolean;
  payer: JsonObject & { email: string };
  description?: string;
  external_reference?: string;
  notification_url?: string;
  date_of_expiration?: string;
  metadata?: JsonObject;
  additional_info?: JsonObject;
  statement_descriptor?: string;
  binary_mode?: boolean;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Creates a Pix payment that waits for its transfer. */
export const createPayment = (
  world: World,
  request: { seller: Seller; input: CreatePaymentInput },
): Decision<Payment, "bad_amount" | "bad_expiration"> => {
  const { seller, input } = request;
  const nowMs = world.clock.now();
  const amountCents = centsOfReais(input.transaction_amount);
  if (amountCents === undefined || amountCents <= 0) return refuse("bad_amount");
  const expiresMs = input.date_of_expiration === undefined ? nowMs + dayMs : instantMs(input.date_of_expiration);
  if (expiresMs === undefined || expiresMs < nowMs + 30 * minuteMs || expiresMs > nowMs + 30 * dayMs)
    return refuse("bad_expiration");
  const base = newPayment(world, { seller, input, amountCents });
  const payment: Payment = { ...base, qrCode: pixQr({ id: base.id, amountCents }), expiresMs };
  watchPayment(world, payment);
  return allow(savePayment(world, { payment, action: "payment.created" }));
};

/** What every payment created directly starts with: a Pix that waits, until its way of paying says otherwise. */
export const newPayment = (
  world: World,
  { seller, input, amountCents }: { seller: Seller; input: CreatePaymentInput; amountCents: number },
): Payment => {
  const nowMs = world.clock.now();
  return {
    id: world.ids.number(),
    userId: seller.userId,
    amountCents,
    status: "pending",
    statusDetail: "pending_waiting_transfer",
    methodId: "pix",
    methodType: "bank_transfer",
    externalReference: input.external_reference ?? null,
    notificationUrl: input.notification_url ?? null,
    echo: {
      description: input.description ?? null,
      payer: input.payer,
      metadata: input.metadata ?? {},
      additionalInfo: input.additional_info ?? {},
      statementDescriptor: input.statement_descriptor ?? null,
      binaryMode: input.binary_mode === true,
    },
    preferenceId: null,
    merchantOrderId: null,
    qrCode: null,
    createdMs: nowMs,
    updatedMs: nowMs,
    approvedMs: null,
    expiresMs: null,
    refunds: [],
  };
};

/** A random key that nobody registered: no bank can move money with our codes. */
const unregisteredPixKey = "7d9f0335-8dcc-4054-9bf9-0dbd61d36906";

/** The code of an online Pix: static form, the payment's number as transaction id. */
export const pixQr = (payment: { id: number; amountCents: number }): string =>
  writeBrCode({
    merchantName: "SIMULADOR TESTE",
    city: "SAO PAULO",
    amountCents: payment.amountCents,
    target: { kind: "static", pixKey: unregisteredPixKey, transactionId: `mpqrinter${payment.id}` },
  });
