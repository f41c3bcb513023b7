import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCpf } from "./cpf.ts";

const nineDigits = fc.integer({ min: 0, max: 999_999_999 }).map((number) => String(number).padStart(9, "0"));

describe("a CPF", () => {
  it("when written in either form, then both are the same 11 digits", () => {
    for (const text of ["52998224725", "529.982.247-25"]) {
      const cpf = parseCpf(text);
      expect(cpf.ok && cpf.value.reveal()).toBe("52998224725");
    }
  });

  it("when the check digits are those of the rule, then it is taken, and with any other pair it is not", () => {
    fc.assert(
      fc.property(nineDigits, (nine) => {
        const fitting = [];
        for (let pair = 0; pair < 100; pair += 1) {
          const text = `${nine}${String(pair).padStart(2, "0")}`;
          if (parseCpf(text).ok) fitting.push(text);
        }
        // Repeated digits fit by arithmetic but are refused.
        expect(fitting).toHaveLength(/^(.)\1{8}$/.test(nine) ? 0 : 1);
      }),
      { numRuns: 200 },
    );
  });

  it("when one digit of a good one is changed, then it is refused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 9 }), (place, step) => {
        const digits = [..."52998224725"];
        digits[place] = String((Number(digits[place]) + step) % 10);
        expect(parseCpf(digits.join("")).ok).toBe(false);
      }),
    );
  });

  it.each([
    "111.111.111-11",
    "00000000000",
    "529.982.247-26",
    "529982247-25",
    "529.982.24725",
    "5299822472",
    "529982247250",
    "５２９９８２２４７２５",
    "٥٢٩٩٨٢٢٤٧٢٥",
    "529\u200d98224725",
    "529.982.247-25\n",
    " 52998224725",
    "52998224725\t",
    "529\u00a0982\u00a0247-25",
    "",
    "9".repeat(60_000),
  ])("when the text is %j, then it is no CPF", (text) => {
    expect(parseCpf(text).ok).toBe(false);
  });

  it("when any text at all is read, then the answer is a CPF of 11 digits or a refusal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const cpf = parseCpf(text);
        if (cpf.ok) expect(cpf.value.reveal()).toMatch(/^\d{11}$/);
      }),
    );
  });

  // Protects what every log line and error message relies on: the digits cannot slip out by accident.
  it("when it is printed in any way, then only the middle digits show", () => {
    const cpf = parseCpf("52998224725");
    if (!cpf.ok) throw new Error("expected a CPF");
    const { value } = cpf;
    const prints = [
      String(value),
      `${value}`,
      JSON.stringify({ value }),
      inspect({ value }),
      inspect(value, { showHidden: true, depth: 10 }),
    ];
    for (const print of prints) {
      expect(print).toContain("***.982.247-**");
      expect(print).not.toMatch(/529|52998224725|-25/);
    }
    expect(JSON.stringify(Object.entries(value))).not.toContain("52998224725");
  });
});
