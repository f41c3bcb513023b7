import { ORDER_STATUSES } from "@comanda/contracts";
import { describe, expect, it } from "vitest";
import { aCharge, aLine, anOrder, NOW } from "../../test/order-builders.ts";
import { changeLine } from "./lines.ts";
import type { Order } from "./order.ts";
import { refundLine } from "./refund-line.ts";
import { changeStatus } from "./transitions.ts";

const cashier = { role: "cashier", id: null } as const;
const kitchen = { role: "kitchen", id: null } as const;

function orderWithRefusedLine(difference: Partial<Order> = {}): Order {
  return anOrder({
    status: "paid",
    paymentStatus: "approved",
    lines: [{ ...aLine("refused"), refusedAt: NOW }, aLine()],
    charges: [aCharge({ paymentId: "a", status: "approved", amountCents: 8580 })],
    totalCents: 8580,
    paidBy: "a",
    ...difference,
  });
}
const refund = (order: Order) => refundLine(order, { lineId: order.lines[0]?.id ?? "", actor: cashier, now: NOW });

describe("refundLine", () => {
  it("when a line of a paid order was refused, then what it cost is asked back, once", () => {
    const order = orderWithRefusedLine();
    const asked = refund(order);
    if (!asked.ok || asked.value === null) throw new Error("nothing was asked");
    expect(asked.value.wishes).toEqual([{ kind: "refund-line", paymentId: "a", line: order.lines[0] }]);
    expect(asked.value.order.lines[0]?.refundAskedAt).toEqual(NOW);
    expect(refund(asked.value.order)).toEqual({ ok: true, value: null });
  });

  it("when its money was asked back, then the line is not made after all", () => {
    const asked = refund(orderWithRefusedLine());
    const order = asked.ok && asked.value !== null ? asked.value.order : anOrder();
    const step = { lineId: order.lines[0]?.id ?? "", to: "queued", actor: kitchen, now: NOW } as const;
    expect(changeLine(order, step)).toMatchObject({ refusal: { code: "illegal-line-step", allowed: [] } });
  });

  it("when it is called back in time, then nothing is to be given back", () => {
    const order = orderWithRefusedLine();
    const step = { lineId: order.lines[0]?.id ?? "", to: "queued", actor: kitchen, now: NOW } as const;
    const back = changeLine(order, step);
    const next = back.ok && back.value !== null ? back.value.order : order;
    expect(next.lines[0]?.refusedAt).toBeNull();
    expect(refund(next)).toEqual({ ok: false, refusal: { code: "item-not-refundable" } });
  });

  it("when the order is in any status, then money is asked back while it goes on, and never twice with the whole", () => {
    for (const status of ORDER_STATUSES) {
      const asked = refund(orderWithRefusedLine({ status }));
      const isOver = ["cancelled", "rejected", "refunded"].includes(status);
      expect(asked.ok && (asked.value === null) === isOver, status).toBe(true);
    }
    expect(refund(orderWithRefusedLine({ paidBy: null })).ok).toBe(false);
  });
});

describe("an order of which a part is on its way back", () => {
  const returning = (refundingCents: number) =>
    orderWithRefusedLine({
      paymentStatus: "refund_pending",
      charges: [aCharge({ paymentId: "a", status: "refund_pending", amountCents: 8580, refundingCents })],
    });

  it("when there is more than that, then the rest is made; when it is all of it, then nothing is", () => {
    const start = (order: Order) => changeStatus(order, { to: "preparing", actor: kitchen, now: NOW });
    expect(start(returning(4290)).ok).toBe(true);
    expect(start(returning(8580))).toEqual({ ok: false, refusal: { code: "payment-not-approved" } });
  });

  it("when it is called off then, then the rest goes back as well", () => {
    const cancelled = changeStatus(returning(4290), { to: "cancelled", actor: cashier, now: NOW });
    expect(cancelled.ok && cancelled.value?.wishes).toEqual([
      { kind: "release", paymentId: "a", reason: "order_cancelled" },
    ]);
  });
});
