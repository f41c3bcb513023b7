import { cpfOf } from "@comanda/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasCpfCheckDigits, holdsPersonalNumber, maskPersonal } from "../src/personal-numbers.ts";

const cpf = fc.integer({ min: 1, max: 999_999_998 }).map((number) => cpfOf(String(number).padStart(9, "0")));
const spelledCpf = fc
  .tuple(cpf, fc.constantFrom("", ".", " ", "\u00a0"), fc.constantFrom("", "-", "/", " ", "."))
  .map(([digits, between, before]) => {
    const [, a = "", b = "", c = "", d = ""] = /^(...)(...)(...)(..)$/.exec(digits) ?? [];
    return between === "" ? `${a}${b}${c}${before}${d}` : `${a}${between}${b}${between}${c}${before || "-"}${d}`;
  });

/** Any mark, or none, at each place where a CPF is parted. */
const marks = fc.constantFrom(
  ...[
    "",
    ".",
    "-",
    "/",
    " ",
    ",",
    "\u00a0",
    "\u2013",
    "\u2014",
    "\u2212",
    " - ",
    " \u2013 ",
    ". ",
    "  ",
    "_",
    "\u00b7",
    "\u200b",
  ],
);
const oddlySpelledCpf = fc
  .tuple(cpf, marks, marks, marks, fc.boolean())
  .map(([digits, first, second, third, isFullWidth]) => {
    const spelled = digits.replace(/^(...)(...)(...)(..)$/, `$1${first}$2${second}$3${third}$4`);
    return isFullWidth ? spelled.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))) : spelled;
  });

/** The digits and their check digit of Luhn. */
function cardOf(prefix: string, rest: string): string {
  for (let check = 0; check <= 9; check += 1) {
    const digits = `${prefix}${rest}${check}`;
    const sum = [...digits].reverse().reduce((total, digit, place) => {
      const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return digits;
  }
  throw new Error("one digit of ten always fits");
}
const card = fc
  .tuple(fc.constantFrom("4", "51", "2221", "37", "636", "38"), fc.integer({ min: 13, max: 19 }))
  .chain(([prefix, length]) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), {
        minLength: length - prefix.length - 1,
        maxLength: length - prefix.length - 1,
      })
      .map((rest) => cardOf(prefix, rest.join(""))),
  );
const spelledCard = fc
  .tuple(card, fc.constantFrom("", " ", "-", "."))
  .map(([digits, mark]) => (digits.match(/.{1,4}/g) ?? []).join(mark));

/** What people write around it; no digits, and nothing that joins with an e-mail address. */
const words = fc.string({ unit: fc.constantFrom(..."abcé ção,;:!()"), maxLength: 12 });

describe("what people type of themselves", () => {
  it("when a CPF or a card number stands anywhere, then nothing of it is left and all else is as it was", () => {
    fc.assert(
      fc.property(words, fc.oneof(spelledCpf, oddlySpelledCpf, spelledCard), words, (before, number, after) => {
        expect(maskPersonal(`${before}${number}${after}`)).toBe(`${before}***${after}`);
        expect(holdsPersonalNumber(`${before}${number}${after}`)).toBe(true);
      }),
    );
  });

  it("when a quantity stands before or behind it, then the number is found all the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), spelledCpf, (quantity, number) => {
        const masked = maskPersonal(`${quantity} ${number} ${quantity}`);
        expect(masked).not.toContain(number.replaceAll(/\D/g, "").slice(0, 9));
        expect(masked).toContain("***");
      }),
    );
  });

  it("when a text is masked, then masking it again changes nothing, and it is no longer than before", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789 .-/@ab"), maxLength: 60 }), (text) => {
        const masked = maskPersonal(text);
        expect(maskPersonal(masked)).toBe(masked);
        expect(masked.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it("when it holds no digit and no @, then it stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const harmless = text.replaceAll(/[\d@]/g, "");
        expect(maskPersonal(harmless)).toBe(harmless);
      }),
    );
  });

  it.each([
    ["CPF na nota: 529.982.247-25, obrigada", "CPF na nota: ***, obrigada"],
    ["52998224725", "***"],
    ["529 982 247 25", "***"],
    ["cpf 529982247-25 e 2 sucos", "cpf *** e 2 sucos"],
    ["2 52998224725", "2 ***"],
    ["529.982.247 - 25", "***"],
    ["529.982.24725", "***"],
    ["529,982,247-25", "***"],
    ["529.982.247–25, nota", "***, nota"],
    ["529 . 982 . 247 — 25", "***"],
    ["529982.247-25", "***"],
    ["５２９．９８２．２４７－２５ na nota", "*** na nota"],
    ["5 2 9 9 8 2 2 4 7 2 5", "***"],
    ["(CPF:529.982.247/25)", "(CPF:***)"],
    ["5031 4332 1540 6351 val 11/30", "*** val 11/30"],
    ["2 4111 1111 1111 1111", "2 ***"],
    ["amex 3782 822463 10005", "amex ***"],
    ["mandar para ana.souza+lanche@exemplo.com.br por favor", "mandar para *** por favor"],
    ["joão@padaria.com.br e 529.982.247-25", "*** e ***"],
  ])("when somebody writes %j, then %j is kept", (written, kept) => {
    expect(maskPersonal(written)).toBe(kept);
  });

  // What a kitchen, a counter or a bookkeeper needs must stay readable.
  it.each([
    "sem cebola, 2 ovos",
    "mesa 12, 3 talheres, 1/2 porção",
    "R$ 12,90 + 1.234,56",
    "ligar (11) 98765-4321 quando sair",
    "ligar 11 98765-4321",
    "ligar +55 11 98765 - 4321 ou 11.98765.4321",
    "de 10–15 min, senhas 101, 102, 103, 104",
    "529, 982, 247, 25 são quatro senhas",
    "R$ 1.234.567,89 - R$ 12,50",
    "CEP 01310-100, nº 1578, 12º andar",
    "pedido 47 - 28/11/2026 - 19:30",
    "pedido 0192f1c8 das 19:30 de 28/11/2026",
    "código de barras 7891000100103",
    "CNPJ 11.222.333/0001-81",
    "chave 35261111222333000181650010000012341000012345",
    "529.982.247-26 tem o dígito errado",
    "11111111111",
    "4444444444444444444",
    "apto 101 bloco 2 @ fundos",
    "1 2 3 4 5 6 7 8 9 10 11 12",
  ])("when somebody writes %j, then it stays", (written) => {
    expect(maskPersonal(written)).toBe(written);
  });

  it("when a text is made to take long, then it does not", () => {
    const began = performance.now();
    for (const text of ["1 ".repeat(5_000), "4".repeat(20_000), "a@".repeat(10_000), `${"a.".repeat(10_000)}@`]) {
      maskPersonal(text);
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("when numbers are drawn by chance, then one in a hundred is taken for a CPF", () => {
    let taken = 0;
    for (let number = 0; number < 10_000; number += 1) {
      const digits = String(12_345_678_901 + number * 7_654_321).padStart(11, "0");
      if (hasCpfCheckDigits(digits)) taken += 1;
    }
    expect(taken).toBeGreaterThan(50);
    expect(taken).toBeLessThan(150);
  });
});
