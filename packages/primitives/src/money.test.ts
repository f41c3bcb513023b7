import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromDecimal, toDecimalText } from "./money.ts";

describe("money", () => {
  it("when centavos are written and read back, then not one is lost", () => {
    fc.assert(fc.property(fc.nat(10 ** 12), (cents) => fromDecimal(toDecimalText(cents)) === cents));
  });

  it("when an amount has three decimals, a sign, an exponent or words, then it is no amount", () => {
    for (const text of ["1.234", "-1.00", "1e3", "NaN", "Infinity", "", "1,50", " 1.00", "0x10", "1."]) {
      expect(fromDecimal(text), text).toBeNull();
    }
  });

  it("when a number comes instead of text, then it is read by its digits", () => {
    expect(fromDecimal(25.9)).toBe(2590);
    expect(fromDecimal(0.1 + 0.2)).toBeNull();
  });

  it("when somebody writes half a centavo, then it is a bug and said so", () => {
    expect(() => toDecimalText(10.5)).toThrow(RangeError);
    expect(() => toDecimalText(-1)).toThrow(RangeError);
  });
});
