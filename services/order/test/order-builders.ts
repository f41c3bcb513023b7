import type { Catalogue } from "../src/domain/catalogue.ts";
import type { Charge, LineStatus, Order, OrderLine } from "../src/domain/order.ts";
import type { Product } from "../src/domain/product.ts";

/** Two in the afternoon in São Paulo. */
export const NOW = new Date("2026-03-10T17:00:00.000Z");

/** An order as it might be, requested and unpaid unless told otherwise. */
export function anOrder(difference: Partial<Order> = {}): Order {
  return {
    id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01",
    number: 47,
    businessDay: "2026-03-10",
    status: "requested",
    paymentStatus: "awaiting_payment",
    channel: "phone",
    customerId: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03",
    sessionId: null,
    placedBy: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03",
    serviceMode: "dine_in",
    customerName: null,
    tableLabel: null,
    priority: false,
    lines: [aLine()],
    charges: [aCharge()],
    totalCents: 4290,
    paidBy: null,
    version: 7,
    createdAt: new Date("2026-03-10T16:50:00.000Z"),
    updatedAt: new Date("2026-03-10T16:55:00.000Z"),
    expiresAt: new Date("2026-03-10T17:05:00.000Z"),
    paidAt: null,
    startedAt: null,
    readyAt: null,
    ...difference,
  };
}

let lines = 0;

export function aLine(status: LineStatus = "queued"): OrderLine {
  lines += 1;
  return {
    id: `0192f1c8-6a4e-7c11-9b52-${String(lines).padStart(12, "0")}`,
    productId: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a10",
    name: "X-Salada",
    quantity: 2,
    comment: null,
    options: [],
    without: [],
    slots: [],
    unitPriceCents: 2145,
    totalCents: 4290,
    status,
    refusedAt: null,
    refundAskedAt: null,
  };
}

export function aCharge(difference: Partial<Charge> = {}): Charge {
  return {
    paymentId: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02",
    attempt: 1,
    method: "qr",
    deviceId: null,
    status: "pending",
    amountCents: 4290,
    refundedCents: 0,
    refundingCents: 0,
    qrCode: "00020101…",
    paymentLink: null,
    detail: null,
    expiresAt: new Date("2026-03-10T16:56:00.000Z"),
    approvedAt: null,
    version: 2,
    ...difference,
  };
}

const SHELF = "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a09";

/** A thing on the menu that needs no choices, for R$ 10 unless told otherwise. */
export function aProduct(difference: Partial<Product> & { readonly id: string }): Product {
  return {
    name: `Product ${difference.id}`,
    description: null,
    priceCents: 1000,
    categoryId: SHELF,
    position: 0,
    enabled: true,
    available: true,
    imageUrl: null,
    imageAlt: null,
    portion: null,
    allergens: null,
    optionGroups: [],
    removable: [],
    slots: [],
    ...difference,
  };
}

/** A menu of one category that holds `products`. */
export function aCatalogue(products: readonly Product[], enabled = true): Catalogue {
  return {
    version: 1,
    categories: new Map([[SHELF, { id: SHELF, name: "Lanches", position: 0, enabled }]]),
    products: new Map(products.map((product) => [product.id, product])),
  };
}
