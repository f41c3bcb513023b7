import { describe, expect, it } from "vitest";
import { canSee, type Viewer } from "./visibility.ts";

const mine = { customerId: "ana", sessionId: null, placedBy: "ana", channel: "phone" } as const;
const identified = { customerId: "ana", sessionId: "token-1", placedBy: "ana", channel: "phone" } as const;
const atTotem = { customerId: null, sessionId: null, placedBy: "totem", channel: "kiosk" } as const;
const atCounter = { customerId: null, sessionId: null, placedBy: "totem", channel: "counter" } as const;

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
