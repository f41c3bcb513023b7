import type { App } from "@comanda/service-kit";
import type { Ordering } from "../ordering.ts";
import { readCustomerData } from "../storage/customer-data.ts";
import { registerCancelOrder } from "./cancel-order.ts";
import { registerChangeOrderItem } from "./change-order-item.ts";
import { registerChangeOrderStatus } from "./change-order-status.ts";
import { registerListOrders } from "./list-orders.ts";
import { registerParkedEvents } from "./parked-events.ts";
import { registerPlaceOrder } from "./place-order.ts";
import { registerReadCustomerData } from "./read-customer-data.ts";
import { registerReadOrder } from "./read-order.ts";
import { registerReadQueue } from "./read-queue.ts";
import { registerReadTracking } from "./read-tracking.ts";
import { registerReceiveEvents } from "./receive-events.ts";
import { registerRefundOrderItem } from "./refund-order-item.ts";
import { registerRequestPayment } from "./request-payment.ts";

/** `/orders` without its streams, and the door for other services' events. */
export function registerOrderRoutes(app: App, ordering: Ordering): void {
  registerPlaceOrder(app, ordering);
  registerListOrders(app, ordering);
  registerReadQueue(app, ordering);
  registerReadOrder(app, ordering);
  registerChangeOrderStatus(app, ordering);
  registerChangeOrderItem(app, ordering);
  registerRefundOrderItem(app, ordering);
  registerCancelOrder(app, ordering);
  registerRequestPayment(app, ordering);
  registerReadTracking(app, ordering);
  registerReceiveEvents(app, ordering);
  registerParkedEvents(app, ordering);
  registerReadCustomerData(app, { readCustomerData: (given) => readCustomerData(ordering.db, given) });
}
