import { type CallerName, everybody, type MatrixRow, only } from "./matrix-row.ts";

const KEEPERS: readonly CallerName[] = ["admin", "manager"];
const SAYERS: readonly CallerName[] = [...KEEPERS, "kitchen", "cashier", "device:kitchen"];
const STAFF_AND_DEVICES: readonly CallerName[] = [
  "kitchen",
  "cashier",
  "manager",
  "admin",
  "device:kiosk",
  "device:kitchen",
  "device:panel",
  "device:counter",
];
const CUSTOMERS: readonly CallerName[] = ["anonymous", "identified", "registered"];

/** The menu, the live streams, and what every service has. */
export const catalogueMatrix: readonly MatrixRow[] = [
  { route: "GET /categories", expect: everybody(200) },
  { route: "GET /categories/:id", expect: everybody(404) },
  { route: "POST /categories", body: {}, expect: only(KEEPERS, 422) },
  { route: "PATCH /categories/:id", body: { position: 1 }, expect: only(KEEPERS, 404) },
  { route: "DELETE /categories/:id", expect: only(KEEPERS, 404) },
  { route: "GET /products", expect: everybody(200) },
  { route: "GET /products/:id", expect: everybody(404) },
  { route: "POST /products", body: {}, expect: only(KEEPERS, 422) },
  { route: "PATCH /products/:id", body: { available: false }, expect: only(SAYERS, 404) },
  { route: "PATCH /products/:id", body: { price_cents: 1 }, expect: only(KEEPERS, 404) },
  { route: "DELETE /products/:id", expect: only(KEEPERS, 404) },
  { route: "PUT /products/:id/image", body: "no photo", contentType: "image/png", expect: only(KEEPERS, 415) },
  { route: "GET /products/:id/image", expect: everybody(404) },

  { route: "POST /orders/events/ticket", expect: only([...CUSTOMERS, ...STAFF_AND_DEVICES], 200) },
  { route: "GET /orders/events", expect: only(STAFF_AND_DEVICES, 200) },
  { route: "GET /orders/:id/events", expect: only([...CUSTOMERS, ...STAFF_AND_DEVICES], 404) },

  { route: "GET /health", expect: everybody(200), isTokenless: true },
  { route: "GET /ready", expect: everybody(200), isTokenless: true },
  { route: "GET /metrics", expect: everybody(200), isTokenless: true },
  { route: "GET /openapi.json", expect: everybody(200), isTokenless: true },
];
