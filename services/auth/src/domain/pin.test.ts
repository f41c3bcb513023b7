import { describe, expect, it } from "vitest";
import { DEVICE_KINDS } from "./device.ts";
import { afterWrongPin, faultOfPin, isGuessedAway, type PinGuesses, pinRoleAt } from "./pin.ts";
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

describe("wrong tries of a PIN", () => {
  const start = Date.parse("2026-11-28T12:00:00.000Z");
  const onDay = (day: number) => new Date(start + day * 86_400_000);
  const none: PinGuesses = { inARow: 0, inAll: 0, since: null };
  const guess = (times: number, from: PinGuesses, day = 0) =>
    Array.from({ length: times }).reduce<PinGuesses>((guesses) => afterWrongPin(guesses, onDay(day)), from);

  it("when there are twenty in a row, then it is over; with nineteen it is not", () => {
    expect([isGuessedAway(guess(19, none)), isGuessedAway(guess(20, none))]).toEqual([false, true]);
  });

  it("when right ones come between, then a hundred end it", () => {
    const often = { inARow: 0, inAll: 99, since: onDay(0) };
    expect([isGuessedAway(often), isGuessedAway(guess(1, often))]).toEqual([false, true]);
  });

  it("when thirty days are over since the first, then it begins anew; a day earlier it does not", () => {
    const before = guess(19, none);
    expect(isGuessedAway(guess(1, before, 29))).toBe(true);
    expect(guess(1, before, 30)).toEqual({ inARow: 1, inAll: 1, since: onDay(30) });
  });
});
