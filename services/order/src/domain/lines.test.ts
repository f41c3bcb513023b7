import { ORDER_STATUSES } from "@comanda/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCharge, aLine, anOrder, NOW } from "../../test/order-builders.ts";
import { changeLine, LINE_STEPS, statusByLines } from "./lines.ts";
import { LINE_STATUSES, type LineStatus, type Order } from "./order.ts";

const cook = { role: "kitchen", id: null } as const;

describe("changeLine", () => {
  it("when every order status × line status × step is tried, then exactly the kitchen's steps go through", () => {
    for (const status of ORDER_STATUSES) {
      for (const from of LINE_STATUSES) {
        for (const to of LINE_STATUSES) {
          const moved = aLine(from);
          // A started line beside it keeps the order where it is.
          const order = anOrder({
            paymentStatus: "approved",
            status,
            lines: [moved, aLine("started")],
            startedAt: NOW,
            charges: [aCharge({ status: "approved" })],
          });
          const result = changeLine(order, { lineId: moved.id, to, actor: cook, now: NOW });
          const cell = `${status}: ${from} → ${to}`;
          const isKitchen = ["paid", "preparing", "ready_for_pickup"].includes(status);
          if (from === to) expect(result, cell).toEqual({ ok: true, value: null });
          else if (isKitchen && LINE_STEPS[from].includes(to)) {
            expect(result.ok && result.value?.order.lines[0]?.status, cell).toBe(to);
            expect(result.ok && result.value?.order.version, cell).toBe(order.version + 1);
          } else {
            const allowed = isKitchen ? LINE_STEPS[from] : [];
            expect(result, cell).toEqual({ ok: false, refusal: { code: "illegal-line-step", from, to, allowed } });
          }
        }
      }
    }
  });

  it("when stations do whatever they like, then the order is always the fold of its lines, one version a step", () => {
    const steps = fc.array(fc.tuple(fc.nat(3), fc.constantFrom(...LINE_STATUSES)), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (count, moves) => {
        const lines = Array.from({ length: count }, () => aLine());
        let order: Order = anOrder({
          paymentStatus: "approved",
          status: "paid",
          lines,
          charges: [aCharge({ status: "approved" })],
          paidAt: NOW,
        });
        for (const [index, to] of moves) {
          const lineId = order.lines[index % count]?.id ?? "";
          const result = changeLine(order, { lineId, to, actor: cook, now: NOW });
          if (!result.ok || result.value === null) continue;
          expect(result.value.order.version).toBe(order.version + 1);
          order = result.value.order;
          expect(order.status).toBe(statusByLines(order.lines));
        }
      }),
    );
  });

  it("when the version is stale or the line is another order's, then it is refused", () => {
    const order = anOrder({ paymentStatus: "approved", charges: [aCharge({ status: "approved" })], status: "paid" });
    const lineId = order.lines[0]?.id ?? "";
    const step = { lineId, to: "started", actor: cook, now: NOW } as const;
    expect(changeLine(order, { ...step, expectedVersion: 6 })).toMatchObject({ refusal: { code: "version-conflict" } });
    expect(changeLine(order, { ...step, lineId: "another" })).toMatchObject({ refusal: { code: "line-unknown" } });
  });
});

describe("statusByLines", () => {
  it.each<[string, LineStatus[], string]>([
    ["nothing begun", ["queued", "queued"], "paid"],
    ["one begun", ["queued", "started"], "preparing"],
    ["one done", ["queued", "done"], "preparing"],
    ["all done", ["done", "done"], "ready_for_pickup"],
    ["the rest refused", ["done", "refused"], "ready_for_pickup"],
    ["one refused, none begun", ["queued", "refused"], "paid"],
    ["all refused", ["refused", "refused"], "rejected"],
  ])("when there is %s, then %j is %s", (_what, statuses, expected) => {
    expect(statusByLines(statuses.map(aLine))).toBe(expected);
  });
});
