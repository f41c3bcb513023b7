import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCharge, done, momentAt, NOON } from "../../test/builders.ts";
import type { Charge } from "./charge.ts";
import { linesLeft, nameItems } from "./refund-lines.ts";
import { committedCents } from "./refund-sums.ts";
import { requestRefund } from "./refunds.ts";
import { settleRefund } from "./settle-refund.ts";

const items = [
  { id: "a", title: "X-Salada", quantity: 2, unitPriceCents: 3_000 },
  { id: "b", title: "Suco", quantity: 3, unitPriceCents: 1_000 },
  { id: "c", title: "Brinde", quantity: 1, unitPriceCents: 1_000 },
];
const paid = () => aCharge({ status: "approved", approvedAt: NOON, amountCents: 10_000, items });
const wish = (id: string, lines: readonly { itemId: string; quantity: number | null }[]) => ({
  id,
  amountCents: null,
  lines,
  reason: "produto em falta",
  idempotencyKey: null,
  fingerprint: null,
});

describe("refunds by line", () => {
  it("when a line is named, then what it cost goes back, and how much of it is left is known", () => {
    const requested = requestRefund(paid(), wish("one", [{ itemId: "b", quantity: 2 }]), momentAt());
    if (!requested.ok) throw new Error("refused");
    expect(requested.value.refund).toMatchObject({
      amountCents: 2_000,
      lines: [{ itemId: "b", quantity: 2, amountCents: 2_000 }],
    });
    expect(linesLeft(requested.value.charge).map(({ leftQuantity }) => leftQuantity)).toEqual([2, 1, 1]);
  });

  it("when any lines and amounts are asked for in any order, then no line goes back twice, and never more than came", () => {
    const line = fc.record({
      itemId: fc.constantFrom("a", "b", "c", "unknown"),
      quantity: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
    });
    const step = fc.record({
      lines: fc.array(line, { maxLength: 3 }),
      amountCents: fc.option(fc.integer({ min: 1, max: 6_000 }), { nil: null }),
      answer: fc.constantFrom("done", "in_process", "failed", "later"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let charge: Charge = paid();
        for (const [index, { lines, amountCents, answer }] of steps.entries()) {
          const id = `r${index}`;
          const request = { ...wish(id, lines), amountCents: lines.length > 0 ? null : amountCents };
          const requested = requestRefund(charge, request, momentAt(index));
          if (!requested.ok) continue;
          charge = requested.value.charge;
          if (answer !== "later") {
            const settled = done({ providerRefundId: `p${index}`, status: answer });
            charge = settleRefund(charge, { refundId: id, answer: settled }, momentAt(index));
          }
          expect(committedCents(charge)).toBeLessThanOrEqual(charge.amountCents);
          for (const { item, leftQuantity } of linesLeft(charge)) {
            expect(leftQuantity).toBeGreaterThanOrEqual(0);
            expect(leftQuantity).toBeLessThanOrEqual(item.quantity);
          }
        }
      }),
    );
  });

  it("when one request names a line twice, then both count", () => {
    const twice = [
      { itemId: "a", quantity: 1 },
      { itemId: "a", quantity: 2 },
    ];
    expect(requestRefund(paid(), wish("one", twice), momentAt())).toEqual({
      ok: false,
      refusal: { kind: "item-already-refunded", itemId: "a", leftQuantity: 1 },
    });
  });

  it("when a line's refund failed, then the line can be given back after all", () => {
    const all = [{ itemId: "a", quantity: null }];
    const requested = requestRefund(paid(), wish("one", all), momentAt());
    if (!requested.ok) throw new Error("refused");
    expect(requestRefund(requested.value.charge, wish("two", all), momentAt(1)).ok).toBe(false);
    const answer = done({ providerRefundId: "p", status: "failed" as const });
    const failed = settleRefund(requested.value.charge, { refundId: "one", answer }, momentAt(1));
    expect(requestRefund(failed, wish("two", all), momentAt(2)).ok).toBe(true);
  });

  it("when the charge has no such line, then it is refused by name", () => {
    expect(requestRefund(paid(), wish("one", [{ itemId: "z", quantity: 1 }]), momentAt())).toEqual({
      ok: false,
      refusal: { kind: "unknown-item", itemId: "z" },
    });
  });
});

describe("the names of lines", () => {
  const line = { title: "X", quantity: 1, unitPriceCents: 1 };

  it("when the order names them, then they are called so; when not, then by their place", () => {
    expect(nameItems([{ ...line, id: "x" }, line]).map(({ id }) => id)).toEqual(["x", "2"]);
  });

  it("when a name comes twice, then all go by their place", () => {
    expect(
      nameItems([
        { ...line, id: "x" },
        { ...line, id: "x" },
      ]).map(({ id }) => id),
    ).toEqual(["1", "2"]);
    expect(nameItems([{ ...line, id: "2" }, line]).map(({ id }) => id)).toEqual(["1", "2"]);
  });
});
