import { centsOfReais } from "../domain/money.ts";
import type { Answer } from "../idempotency.ts";
import { startPaymentRefund } from "../use-cases/refund-payment.ts";
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
  const decision = startPaymentRefund(world, { payment, amountCents });
  if (!decision.ok)
    return decision.code === "bad_amount" || decision.code === "amount_exceeds" ? invalidAmount() : wrongState();
  const refund = decision.value.refunds.at(-1);
  if (refund === undefined) return wrongState();
  // The real one answers so while the central bank has not, and gives the money back all the same (provider §4.4).
  if (refund.status === "in_process" && call.headers["x-render-in-process-refunds"] !== "true") return notYetDone();
  return { status: 201, body: presentRefund(decision.value, refund) };
};

const notYetDone = () => badRequest({ code: 2063, message: "The refund could not be completed" });

const invalidAmount = () => badRequest({ code: 4040, message: "Invalid refund amount" });
