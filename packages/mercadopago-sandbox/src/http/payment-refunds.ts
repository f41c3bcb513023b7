import { centsOfReais } from "../domain/money.ts";
import { refundPayment } from "../domain/payment.ts";
import type { Answer } from "../idempotency.ts";
import { savePayment } from "../use-cases/save-charge.ts";
import type { World } from "../world.ts";
import { refundSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { badRequest, ownPayment, paymentNotFound, wrongState } from "./payments.ts";
import { presentRefund } from "./present-payment.ts";
import { classicRefusal } from "./refusals.ts";

/** Refunds of payments: whole, or several partial ones up to the amount. */
export const addPaymentRefunds = (add: AddOperation, world: World): void => {
  add<{ amount?: number | null } | null | undefined>({
    method: "POST",
    url: "/v1/payments/:id/refunds",
    family: "classic",
    key: "optional",
    body: refundSchema,
    run: (call) => createRefund(world, call),
  });
  add({
    method: "GET",
    url: "/v1/payments/:id/refunds",
    family: "classic",
    run: (call) => {
      const payment = ownPayment(world, call);
      if (payment === undefined) return paymentNotFound();
      return { status: 200, body: payment.refunds.map((refund) => presentRefund(payment, refund)) };
    },
  });
  add({
    method: "GET",
    url: "/v1/payments/:id/refunds/:refundId",
    family: "classic",
    run: (call) => {
      const payment = ownPayment(world, call);
      const refund = payment?.refunds.find(({ id }) => String(id) === call.params["refundId"]);
      if (payment === undefined) return paymentNotFound();
      if (refund === undefined) return classicRefusal({ status: 404, error: "not_found", message: "Refund not found" });
      return { status: 200, body: presentRefund(payment, refund) };
    },
  });
};

const createRefund = (world: World, call: Call<{ amount?: number | null } | null | undefined>): Answer => {
  const payment = ownPayment(world, call);
  if (payment === undefined) {
    const isOfOrder = world.indexes.ordersByPaymentNumber(call.params["id"] ?? "").length > 0;
    if (!isOfOrder) return paymentNotFound();
    return badRequest({ code: 2063, message: "This payment belongs to an order; refund it with /v1/orders" });
  }
  const asked = call.body?.amount ?? null;
  const amountCents = asked === null ? undefined : centsOfReais(asked);
  if (asked !== null && amountCents === undefined) return invalidAmount();
  const decision = refundPayment(payment, {
    id: world.ids.number(),
    nowMs: world.clock.now(),
    ...(amountCents !== undefined && { amountCents }),
  });
  if (!decision.ok)
    return decision.code === "bad_amount" || decision.code === "amount_exceeds" ? invalidAmount() : wrongState();
  const saved = savePayment(world, { payment: decision.value, action: "payment.updated" });
  const refund = saved.refunds.at(-1);
  return refund === undefined ? wrongState() : { status: 201, body: presentRefund(saved, refund) };
};

const invalidAmount = () => badRequest({ code: 4040, message: "Invalid refund amount" });
