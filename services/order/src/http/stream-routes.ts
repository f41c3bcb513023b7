import type { App } from "@comanda/service-kit";
import { registerFollowAllOrders } from "./follow-all-orders.ts";
import { registerFollowOneOrder } from "./follow-one-order.ts";
import { registerIssueStreamTicket } from "./issue-stream-ticket.ts";
import { createStreaming, type StreamRoutesDeps } from "./streaming.ts";

/** The live streams of orders and their tickets. */
export function registerStreamRoutes(app: App, deps: StreamRoutesDeps): void {
  const streaming = createStreaming(deps);
  registerIssueStreamTicket(app, deps.tickets);
  registerFollowAllOrders(app, streaming);
  registerFollowOneOrder(app, streaming);
  // An open stream would hold up the end of the process for ever.
  app.addHook("preClose", async () => streaming.streams.closeAll());
}
