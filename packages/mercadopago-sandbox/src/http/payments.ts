import { centsOfReais } from "../domain/money.ts";
import { cancelPayment, capturePayment, type Payment } from "../domain/payment.ts";
import type { Answer } from "../idempotency.ts";
import type { JsonObject } from "../json.ts";
import { createCardPayment } from "../use-cases/create-card-payment.ts";
import { type CreatePaymentInput, createPayment } from "../use-cases/create-payment.ts";
import { currentPayment } from "../use-cases/current-charge.ts";
import { isNotYetSeen } from "../use-cases/find-charge.ts";
import { savePayment } from "../use-cases/save-charge.ts";
import type { World } from "../world.ts";
import { paymentSchema, paymentUpdateSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { presentInstorePayment, presentPayment } from "./present-payment.ts";
import { classicRefusal } from "./refusals.ts";
import { searchPayments } from "./search-payments.ts";

/** `/v1/payments`: Pix payments, the payments of links, and (to read) those of paid QR orders. */
export const addPayments = (add: AddOperation, world: World): void => {
  add<CreatePaymentInput>({
    method: "POST",
    url: "/v1/payments",
    family: "classic",
    key: "optional",
    body: paymentSchema,
    run: ({ seller, body }) => {
      const { token: tokenId } = body;
      const decision =
        tokenId === undefined
          ? createPayment(world, { seller, input: body })
          : createCardPayment(world, { seller, input: body, tokenId });
      if (decision.ok) return { status: 201, body: presentPayment(world, decision.value) };
      if (decision.code === "bad_amount") return badRequest({ code: 4037, message: "Invalid transaction_amount" });
      if (decision.code === "token_not_found") return badRequest({ code: 2006, message: "Card Token not found" });
      return badRequest({ code: 23, message: "date_of_expiration must be between 30 minutes and 30 days ahead" });
    },
  });
  add({ method: "GET", url: "/v1/payments/search", family: "classic", run: (call) => searchPayments(world, call) });
  add({ method: "GET", url: "/v1/payments/:id", family: "classic", run: (call) => getPayment(world, call) });
  add<PaymentChange>({
    method: "PUT",
    url: "/v1/payments/:id",
    family: "classic",
    key: "optional",
    body: paymentUpdateSchema,
    run: (call) => updatePayment(world, call),
  });
};

type PaymentChange = {
  status?: "cancelled";
  capture?: boolean;
  transaction_amount?: number;
  metadata?: JsonObject;
  description?: string;
};

/** A payment of the caller; another seller's looks like none at all. */
export const ownPayment = (world: World, call: Call<unknown>): Payment | undefined => {
  const payment = currentPayment(world, call.params["id"] ?? "");
  return payment?.userId === call.seller.userId ? payment : undefined;
};

/** No such payment. */
export const paymentNotFound = (): Answer =>
  classicRefusal({
    status: 404,
    error: "not_found",
    message: "Payment not found",
    cause: [{ code: 2000, description: "Payment not found", data: null }],
  });

/** A 400 of this family with its numeric cause. */
export const badRequest = ({ code, message }: { code: number; message: string }): Answer =>
  classicRefusal({ status: 400, error: "bad_request", message, cause: [{ code, description: message, data: null }] });

/** The payment's state does not allow what was asked. */
export const wrongState = (): Answer =>
  badRequest({ code: 2063, message: "The action requested is not valid for the current payment state" });

const getPayment = (world: World, call: Call<undefined>): Answer => {
  const payment = ownPayment(world, call);
  if (payment !== undefined && isNotYetSeen(world, payment)) return paymentNotFound();
  if (payment !== undefined) return { status: 200, body: presentPayment(world, payment) };
  const [order] = world.indexes.ordersByPaymentNumber(call.params["id"] ?? "");
  if (order === undefined || order.paid === null || order.userId !== call.seller.userId) return paymentNotFound();
  return { status: 200, body: presentInstorePayment(order, order.paid) };
};

const updatePayment = (world: World, call: Call<PaymentChange>): Answer => {
  const payment = ownPayment(world, call);
  if (payment === undefined) return paymentNotFound();
  const { status, capture, metadata, description } = call.body;
  const echo = {
    ...payment.echo,
    ...(metadata !== undefined && { metadata }),
    ...(description !== undefined && { description }),
  };
  const changed = { ...payment, echo, updatedMs: world.clock.now() };
  const nowMs = world.clock.now();
  const amountCents = centsOfReais(call.body.transaction_amount ?? 0);
  const isPart = call.body.transaction_amount !== undefined && amountCents !== undefined;
  const decision =
    capture === true
      ? capturePayment(changed, { nowMs, ...(isPart && { amountCents }) })
      : status === "cancelled"
        ? cancelPayment(changed, nowMs)
        : null;
  if (decision?.ok === false)
    return decision.code === "bad_amount"
      ? badRequest({ code: 4037, message: "Invalid transaction_amount" })
      : wrongState();
  const saved = savePayment(world, { payment: decision?.value ?? changed, action: "payment.updated" });
  return { status: 200, body: presentPayment(world, saved) };
};
