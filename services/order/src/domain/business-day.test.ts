import { describe, expect, it } from "vitest";
import { businessDayOf } from "./business-day.ts";

describe("businessDayOf", () => {
  it.each([
    ["04:59:59 in São Paulo", "2026-03-10T07:59:59.999Z", "2026-03-09"],
    ["05:00 in São Paulo", "2026-03-10T08:00:00.000Z", "2026-03-10"],
    ["midnight in São Paulo", "2026-03-10T03:00:00.000Z", "2026-03-09"],
    ["midnight in London", "2026-03-10T00:00:00.000Z", "2026-03-09"],
    ["New Year's night", "2027-01-01T05:30:00.000Z", "2026-12-31"],
    ["a summer when clocks were set", "2018-12-10T06:59:59.000Z", "2018-12-09"],
    ["a summer when clocks were set, at five", "2018-12-10T07:00:00.000Z", "2018-12-10"],
  ])("when it is %s, then the day is the shop's", (_what, at, day) => {
    expect(businessDayOf(new Date(at))).toBe(day);
  });
});
