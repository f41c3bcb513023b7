import { describe, expect, it } from "vitest";
import { DEVICE_KINDS } from "./device.ts";
import { faultOfPin, pinRoleAt } from "./pin.ts";
import { lesserRole, mayInvite } from "./staff-rank.ts";

describe("a new PIN", () => {
  it.each(["4071", "90317", "602948", "0417"])("when it is %s, then it may be used", (pin) => {
    expect(faultOfPin(pin)).toBeNull();
  });

  it.each(["", "123", "1234567", "12a4", " 4071", "４０７１", "-407"])("when it is %j, then it is none", (pin) => {
    expect(faultOfPin(pin)).toBe("pin-digits");
  });

  it.each(["0000", "111111", "1234", "4321", "8901", "3210", "1212", "123123", "1984", "2026", "2580"])(
    "when it is %s, then everybody tries it first",
    (pin) => {
      expect(faultOfPin(pin)).toBe("pin-easy");
    },
  );

  it("when it is typed at a device, then that device says the most it is good for", () => {
    expect(DEVICE_KINDS.map((kind) => [kind, pinRoleAt(kind)])).toEqual([
      ["kiosk", null],
      ["kitchen", "kitchen"],
      ["panel", null],
      ["counter", "cashier"],
    ]);
    expect(lesserRole("admin", "cashier")).toBe("cashier");
    expect(lesserRole("kitchen", "cashier")).toBe("kitchen");
  });

  it("when ranks are compared, then nobody but an administrator invites their equals", () => {
    expect([mayInvite("admin", "admin"), mayInvite("manager", "manager")]).toEqual([true, false]);
    expect([mayInvite("manager", "cashier"), mayInvite("cashier", "kitchen")]).toEqual([true, false]);
  });
});
