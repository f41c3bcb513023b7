import { type CallerName, type MatrixRow, only } from "./matrix-row.ts";

const CUSTOMERS: readonly CallerName[] = ["anonymous", "identified", "registered"];
const STAFF: readonly CallerName[] = ["kitchen", "cashier", "manager", "admin"];
const DEVICES: readonly CallerName[] = ["device:kiosk", "device:kitchen", "device:panel", "device:counter"];
const READERS: readonly CallerName[] = [...CUSTOMERS, ...STAFF, ...DEVICES, "service"];
const KEEPERS: readonly CallerName[] = [...CUSTOMERS, "device:kiosk", "cashier", "manager", "admin"];

/** Orders, and the door for other services' events. */
export const ordersMatrix: readonly MatrixRow[] = [
  { route: "POST /orders", body: {}, expect: only([...CUSTOMERS, "device:kiosk", "cashier"], 422) },
  { route: "GET /orders", expect: only(READERS, 200) },
  { route: "GET /orders/:id", expect: only(READERS, 404) },
  { route: "GET /orders/:id/tracking", expect: only(READERS, 404) },
  { route: "GET /orders/queue", expect: only([...STAFF, "device:kitchen", "device:panel", "device:counter"], 200) },
  { route: "PATCH /orders/:id", body: { status: "preparing" }, expect: only([...STAFF, "device:kitchen"], 404) },
  {
    route: "PATCH /orders/:id/items/:item_id",
    body: { status: "started" },
    expect: only(["kitchen", "manager", "admin", "device:kitchen"], 404),
  },
  { route: "POST /orders/:id/cancel", body: {}, expect: only(KEEPERS, 404) },
  { route: "POST /orders/:id/payment", body: { payment_method: "counter" }, expect: only(KEEPERS, 404) },
  {
    route: "POST /events",
    body: [],
    contentType: "application/cloudevents-batch+json",
    expect: only(["service"], 200),
  },
  { route: "GET /events/parked", expect: only(["admin"], 200) },
  { route: "POST /events/parked/:id/retry", expect: only(["admin"], 404) },
];
