import { describe, expect, it } from "vitest";
import { canSee, hearsOf, knowsOf, type Viewer } from "./visibility.ts";

const unpaid = { status: "requested", paidAt: null } as const;
const mine = { ...unpaid, customerId: "ana", sessionId: null, placedBy: "ana", channel: "phone" } as const;
const identified = { ...unpaid, customerId: "ana", sessionId: "token-1", placedBy: "ana", channel: "phone" } as const;
const atTotem = { ...unpaid, customerId: null, sessionId: null, placedBy: "totem", channel: "kiosk" } as const;
const atCounter = { ...unpaid, customerId: null, sessionId: null, placedBy: "totem", channel: "counter" } as const;

describe("canSee", () => {
  it.each<[string, Viewer, boolean[]]>([
    ["staff", { sees: "all", view: "full" }, [true, true, true, true]],
    [
      "Ana, who never proved the CPF to be hers",
      { sees: "customer", customerId: "ana", view: "full" },
      [true, false, false, false],
    ],
    ["Bia", { sees: "customer", customerId: "bia", view: "full" }, [false, false, false, false]],
    ["Ana's CPF, the same token", { sees: "session", sessionId: "token-1", view: "full" }, [false, true, false, false]],
    [
      "Ana's CPF, typed by somebody",
      { sees: "session", sessionId: "token-2", view: "full" },
      [false, false, false, false],
    ],
    ["the totem", { sees: "kiosk", deviceId: "totem", view: "full" }, [false, false, true, false]],
    ["another totem", { sees: "kiosk", deviceId: "other", view: "full" }, [false, false, false, false]],
  ])("when %s looks, then exactly the own orders are there", (_who, viewer, expected) => {
    expect([mine, identified, atTotem, atCounter].map((order) => canSee(order, viewer))).toEqual(expected);
  });
});

describe("what kitchen and panel see", () => {
  const paidAt = new Date("2026-01-15T12:00:00.000Z");
  const cook: Viewer = { sees: "paid", view: "kitchen" };
  const panel: Viewer = { sees: "board", view: "panel" };

  it.each([
    ["requested", null, { cook: false, panel: false, panelHears: false }],
    ["cancelled", null, { cook: false, panel: false, panelHears: false }],
    ["paid", paidAt, { cook: true, panel: true, panelHears: true }],
    ["preparing", paidAt, { cook: true, panel: true, panelHears: true }],
    ["ready_for_pickup", paidAt, { cook: true, panel: true, panelHears: true }],
    // The kitchen may call it back; the panel only learns that it is gone.
    ["delivered", paidAt, { cook: true, panel: false, panelHears: true }],
    ["cancelled", paidAt, { cook: true, panel: false, panelHears: true }],
  ] as const)("when an order is %s, paid at %s, then %j", (status, paid, expected) => {
    const order = { ...mine, status, paidAt: paid };
    const seen = { cook: canSee(order, cook), panel: canSee(order, panel), panelHears: hearsOf(order, panel) };
    expect(seen).toEqual(expected);
    expect([hearsOf(order, cook), knowsOf(order, cook)]).toEqual([expected.cook, true]);
  });
});
