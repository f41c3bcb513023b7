import { expireOrder, isOrderOverdue, type Order } from "../domain/order.ts";
import { expirePayment, isPaymentOverdue, type Payment } from "../domain/payment.ts";
import type { World } from "../world.ts";
import { saveOrder, savePayment } from "./save-charge.ts";

/** An order as it stands now: one whose time is over is expired first, whoever asks. */
export const currentOrder = (world: World, id: string): Order | undefined => {
  const order = world.tables.orders.get(id);
  if (order === undefined || !isOrderOverdue(order, world.clock.now())) return order;
  return saveOrder(world, expireOrder(order));
};

/** A payment as it stands now: one whose time is over is cancelled as expired first. */
export const currentPayment = (world: World, id: string): Payment | undefined => {
  const payment = world.tables.payments.get(id);
  if (payment === undefined || !isPaymentOverdue(payment, world.clock.now())) return payment;
  return savePayment(world, { payment: expirePayment(payment), action: "payment.updated" });
};

/** Arranges that an open order expires on time even when nobody asks. */
export const watchOrder = (world: World, order: Order): void =>
  world.clock.at(order.expiresMs, () => world.store.transact(() => currentOrder(world, order.id)));

/** Arranges that a pending payment expires on time even when nobody asks. */
export const watchPayment = (world: World, payment: Payment): void => {
  if (payment.expiresMs === null) return;
  world.clock.at(payment.expiresMs, () => world.store.transact(() => currentPayment(world, String(payment.id))));
};
