import { newId } from "@comanda/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCatalogue, aProduct, NOW } from "../../test/order-builders.ts";
import type { Catalogue } from "./catalogue.ts";
import { asPlaced, draftOrder, LINES_MAX, type OrderRequest } from "./place-order.ts";
import { changeStatus } from "./transitions.ts";

const menuOf = (prices: readonly number[]): Catalogue =>
  aCatalogue(prices.map((priceCents) => aProduct({ id: newId(), name: `A ${priceCents}`, priceCents })));

function request(lines: OrderRequest["lines"], difference: Partial<OrderRequest> = {}): OrderRequest {
  return {
    lines,
    method: "counter",
    deviceId: null,
    channel: "phone",
    customerId: null,
    sessionId: null,
    placedBy: newId(),
    placedAs: "customer",
    serviceMode: "dine_in",
    customerName: null,
    tableLabel: null,
    priority: false,
    now: NOW,
    expiresInSeconds: 900,
    newId,
    ...difference,
  };
}

describe("draftOrder", () => {
  // Reliability OR-02: integers of centavos end to end.
  it("when any cart is ordered, then its total is the exact sum, or it is refused for being too high", () => {
    const cart = fc.array(fc.tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 1, max: 20 })), {
      minLength: 1,
      maxLength: LINES_MAX,
    });
    fc.assert(
      fc.property(cart, (wishes) => {
        const menu = menuOf(wishes.map(([price]) => price));
        const ids = [...menu.products.keys()];
        const lines = wishes.map(([, quantity], index) => ({ productId: ids[index] ?? "", quantity }));
        const exact = wishes.reduce((sum, [price, quantity]) => sum + BigInt(price) * BigInt(quantity), 0n);
        const draft = draftOrder(menu, request(lines));
        if (exact > 1_000_000n) expect(draft).toEqual({ ok: false, refusal: { code: "order-total-too-high" } });
        else expect(draft.ok && BigInt(draft.value.totalCents)).toBe(exact);
        if (draft.ok) expect(draft.value.status).toBe(exact === 0n ? "paid" : "requested");
      }),
    );
  });

  it("when there are no lines, too many, or a terminal is wanted away from any device, then it is refused", () => {
    const menu = menuOf([100]);
    const [productId = ""] = menu.products.keys();
    const line = { productId, quantity: 1 };
    const codeOf = (wish: OrderRequest) => {
      const draft = draftOrder(menu, wish);
      return draft.ok ? "ok" : draft.refusal.code;
    };
    expect(codeOf(request([]))).toBe("line-count-out-of-range");
    expect(codeOf(request(Array.from({ length: LINES_MAX }, () => line)))).toBe("ok");
    expect(codeOf(request(Array.from({ length: LINES_MAX + 1 }, () => line)))).toBe("line-count-out-of-range");
    expect(codeOf(request([line], { method: "terminal" }))).toBe("payment-method-unavailable");
    expect(codeOf(request([line], { method: "terminal", deviceId: newId() }))).toBe("ok");
  });

  it("when the order has moved on, then what it was when placed can still be told", () => {
    const menu = menuOf([100]);
    const [productId = ""] = menu.products.keys();
    const draft = draftOrder(menu, request([{ productId, quantity: 2 }]));
    if (!draft.ok) return expect.unreachable();
    const order = { ...draft.value, number: 1 };
    const later = new Date(NOW.getTime() + 5_000);
    const moved = changeStatus(order, { to: "cancelled", actor: { role: "customer", id: null }, now: later });
    if (!moved.ok || moved.value === null) return expect.unreachable();
    expect(moved.value.order).not.toEqual(order);
    expect(asPlaced(moved.value.order)).toEqual(order);
  });
});
