import { describe, expect, it } from "vitest";
import { durationMs, instantMs, offsetDate } from "./dates.ts";

describe("dates on the wire", () => {
  it("when a duration is read, then days, hours, minutes and seconds count", () => {
    expect(durationMs("PT30S")).toBe(30_000);
    expect(durationMs("PT5M")).toBe(300_000);
    expect(durationMs("P1DT2H3M4S")).toBe(93_784_000);
  });

  it("when a text is no duration, then nothing is read", () => {
    for (const text of ["", "P", "PT", "5M", "PT5", "P1M", "PT1.5H", "pt5m"]) expect(durationMs(text)).toBeUndefined();
  });

  it("when an instant is written with an offset, then it reads back as the same instant", () => {
    const ms = Date.UTC(2026, 10, 22, 1, 2, 3, 4);
    expect(offsetDate(ms)).toBe("2026-11-21T21:02:03.004-04:00");
    expect(instantMs(offsetDate(ms))).toBe(ms);
    expect(instantMs("2026-11-21T21:02:03.004-0400")).toBe(ms);
  });

  it("when a date has no offset or does not exist, then nothing is read", () => {
    for (const text of ["2026-11-22", "2026-11-22T10:00:00", "2026-13-40T10:00:00Z", "amanhã"])
      expect(instantMs(text)).toBeUndefined();
  });
});
