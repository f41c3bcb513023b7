import { describe, expect, it } from "vitest";
import { boundsOfBusinessDay, businessDayOf } from "./business-day.ts";

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

describe("boundsOfBusinessDay", () => {
  it.each([
    ["2026-03-10", "2026-03-10T08:00:00.000Z", "2026-03-11T08:00:00.000Z"],
    ["2026-12-31", "2026-12-31T08:00:00.000Z", "2027-01-01T08:00:00.000Z"],
    ["2018-12-10", "2018-12-10T07:00:00.000Z", "2018-12-11T07:00:00.000Z"],
    // The night in which clocks were set: this day had 23 hours.
    ["2018-11-03", "2018-11-03T08:00:00.000Z", "2018-11-04T07:00:00.000Z"],
  ])("when the day is %s, then it is the one that businessDayOf knows", (day, from, to) => {
    const bounds = boundsOfBusinessDay(day);
    expect(bounds).toEqual({ from: new Date(from), to: new Date(to) });
    const last = new Date((bounds?.to.getTime() ?? 0) - 1);
    expect([businessDayOf(new Date(from)), businessDayOf(last)]).toEqual([day, day]);
    expect(businessDayOf(new Date(to))).not.toBe(day);
  });

  it.each(["", "2026-02-30", "2026-13-01", "10/03/2026", "2026-03-10T00:00:00Z", "-2026-03-10"])(
    "when %j is asked for, then it is no day",
    (text) => {
      expect(boundsOfBusinessDay(text)).toBeNull();
    },
  );
});
