import type { Order } from "../domain/order.ts";
import type { Answer } from "../idempotency.ts";
import { presentOrder } from "./present-order.ts";

/** A payment that failed is a 402 that carries the order; anything else is the order. */
export const answerProcessed = (order: Order, status: number): Answer => {
  const body = presentOrder(order);
  if (order.status !== "failed" || order.type !== "online") return { status, body };
  const details = [`${order.paymentId}: ${order.transactionDetail}`];
  const errors = [{ code: "failed", message: "The following transactions failed", details }];
  return { status: 402, body: { errors, data: body } };
};
