import type { Order } from "../domain/order.ts";
import type { Payment } from "../domain/payment.ts";
import type { Preference } from "../domain/preference.ts";
import type { World } from "../world.ts";
import { currentOrder, currentPayment } from "./current-charge.ts";

/** What a code or link stands for. */
export type Charge =
  | { kind: "order"; order: Order }
  | { kind: "payment"; payment: Payment }
  | { kind: "preference"; preference: Preference };

/** Reads the text of a QR code as a phone does. A till's printed code stands for the till's open order. */
export const findByQr = (world: World, qrCode: string): Charge | undefined => {
  const text = qrCode.trim();
  const [order] = world.indexes.ordersByQr(text);
  if (order !== undefined) return { kind: "order", order: currentOrder(world, order.id) ?? order };
  const [payment] = world.indexes.paymentsByQr(text);
  if (payment !== undefined) return { kind: "payment", payment: currentPayment(world, String(payment.id)) ?? payment };
  const [pos] = world.indexes.posByQr(text);
  if (pos === undefined) return undefined;
  const open = world.indexes
    .openOrdersByPos(String(pos.id))
    .map((waiting) => currentOrder(world, waiting.id))
    .findLast((waiting) => waiting?.status === "created");
  return open === undefined ? undefined : { kind: "order", order: open };
};

/** Whether readers do not see the last change yet: the fault `read_lag_ms`. */
export const isNotYetSeen = (world: World, { updatedMs }: { updatedMs: number }): boolean =>
  world.clock.now() < updatedMs + world.faults.get().read_lag_ms;

/** Finds an order or a payment by its id; the number of an order's payment finds the order. */
export const findById = (world: World, id: string): Exclude<Charge, { kind: "preference" }> | undefined => {
  const payment = currentPayment(world, id);
  if (payment !== undefined) return { kind: "payment", payment };
  const order = currentOrder(world, id) ?? world.indexes.ordersByPaymentNumber(id)[0];
  return order && { kind: "order", order };
};

/** Reads a payment link: of a preference (or its id alone) or an order; the ticket of a Pix; the page of a bank's question. */
export const findByLink = (world: World, link: string): Charge | undefined => {
  const text = link.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  const ticket = /^\/payments\/(\d+)\/ticket\/?$/.exec(url?.pathname ?? "")?.[1];
  if (ticket !== undefined) {
    const payment = currentPayment(world, ticket);
    return payment && { kind: "payment", payment };
  }
  const order = url?.searchParams.get("order_id") ?? /^\/3ds\/([A-Z0-9]+)\/?$/.exec(url?.pathname ?? "")?.[1];
  if (order !== undefined) {
    const found = currentOrder(world, order);
    return found && { kind: "order", order: found };
  }
  const preference = world.tables.preferences.get(url?.searchParams.get("pref_id") ?? text);
  return preference && { kind: "preference", preference };
};
