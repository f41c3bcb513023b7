import type { Order } from "../domain/order.ts";
import type { Payment } from "../domain/payment.ts";
import { merchantOrderNotification, orderNotification, paymentNotifications } from "../webhooks/notification.ts";
import type { World } from "../world.ts";

/** Stores a changed order and tells its seller, both in the current transaction. */
export const saveOrder = (world: World, order: Order): Order =>
  world.store.transact(() => {
    world.tables.orders.put(order.id, order);
    const seller = world.sellers.byUserId(order.userId);
    if (seller !== undefined)
      world.notify(orderNotification({ id: world.ids.uuid(), seller, nowMs: world.clock.now() }, order));
    return order;
  });

/** Stores a new or changed payment and tells its seller, both in the current transaction. */
export const savePayment = (
  world: World,
  change: { payment: Payment; action: "payment.created" | "payment.updated" },
): Payment =>
  world.store.transact(() => {
    world.tables.payments.put(String(change.payment.id), change.payment);
    const seller = world.sellers.byUserId(change.payment.userId);
    if (seller === undefined) return change.payment;
    const draft = { id: world.ids.uuid(), seller, nowMs: world.clock.now() };
    for (const notification of paymentNotifications(draft, change)) world.notify(notification);
    const merchantOrder = world.tables.merchantOrders.get(String(change.payment.merchantOrderId));
    if (merchantOrder !== undefined && world.faults.get().merchant_order_webhooks) {
      const payments = merchantOrder.paymentIds.flatMap((id) => world.tables.payments.get(String(id)) ?? []);
      world.notify(merchantOrderNotification({ ...draft, id: world.ids.uuid() }, { merchantOrder, payments }));
    }
    return change.payment;
  });
