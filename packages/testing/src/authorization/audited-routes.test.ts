import { describe, expect, it } from "vitest";
import { auditGaps } from "./audited-routes.ts";

describe("the routes that are audited", () => {
  it("when nothing is audited, then each route that changes something and has no excuse is named", () => {
    const gaps = auditGaps("order", new Set());
    expect(gaps).toContain("POST /orders/:id/items/:item_id/refund is not audited");
    expect(gaps.filter((gap) => gap.startsWith("GET ") || gap.startsWith("POST /orders "))).toEqual([]);
  });

  it("when an excused route is audited, then the excuse is too much", () => {
    expect(auditGaps("order", new Set(["POST /orders"]))).toContain("POST /orders is excused without need");
  });
});
