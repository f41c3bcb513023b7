import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { centsOfReais, centsOfText, orderAmountPattern, reaisOfCents, textOfCents } from "./money.ts";

describe("money on the wire", () => {
  it("when centavos are written as text and read back, then they are the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), (cents) => {
        expect(textOfCents(cents)).toMatch(new RegExp(orderAmountPattern));
        expect(centsOfText(textOfCents(cents))).toBe(cents);
      }),
      { seed: 1 },
    );
  });

  it("when centavos are written as a number and read back, then they are the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (cents) => {
        expect(centsOfReais(reaisOfCents(cents))).toBe(cents);
      }),
      { seed: 1 },
    );
  });

  it("when a number has a third decimal or is not finite, then it is no amount", () => {
    for (const reais of [0.001, 10.555, Number.NaN, Number.POSITIVE_INFINITY])
      expect(centsOfReais(reais)).toBeUndefined();
  });
});
