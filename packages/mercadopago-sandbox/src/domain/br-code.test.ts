import fc from "fast-check";
import { hasError, parsePix } from "pix-utils";
import { describe, expect, it } from "vitest";
import { crc16, writeBrCode } from "./br-code.ts";

describe("writeBrCode", () => {
  it("when the check value of the CRC's standard is computed, then it is 29B1", () => {
    expect(crc16("123456789")).toBe("29B1");
  });

  it("when a static code is written, then it is the sample whose CRC was verified by hand", () => {
    const code = writeBrCode({
      merchantName: "Lanchonete Teste".toUpperCase(),
      city: "SÃO PAULO",
      amountCents: 2590,
      target: {
        kind: "static",
        pixKey: "7d9f0335-8dcc-4054-9bf9-0dbd61d36906",
        transactionId: "mpqrinter12345678906",
      },
    });
    expect(code.replace(/0520mpqrinter12345678906.*/, "")).toBe(
      "00020126580014br.gov.bcb.pix01367d9f0335-8dcc-4054-9bf9-0dbd61d36906520400005303986540525.905802BR5916LANCHONETE TESTE6009SAO PAULO6224",
    );
    expect(hasError(parsePix(code))).toBe(false);
  });

  it("when any charge is written, then an independent reader finds the same charge", () => {
    const name = fc.string({ unit: "grapheme", maxLength: 40 });
    const property = fc.property(
      name,
      fc.integer({ min: 1, max: 99_999_999 }),
      fc.uuid(),
      (shop, amountCents, uuid) => {
        const url = `pix-qr.simulador.test/instore/o/v2/${uuid}`;
        const code = writeBrCode({
          merchantName: `TESTE ${shop}`,
          city: "São Paulo",
          amountCents,
          target: { kind: "dynamic", url },
        });
        const read = parsePix(code);
        if (hasError(read)) throw new Error(`unreadable: ${code}`);
        expect(read).toMatchObject({
          type: "DYNAMIC",
          url,
          merchantName: expect.stringMatching(/^TESTE/),
          merchantCity: "Sao Paulo",
        });
        expect(code.startsWith("000201010212")).toBe(true);
        expect(code).toContain(
          `54${String((amountCents / 100).toFixed(2).length).padStart(2, "0")}${(amountCents / 100).toFixed(2)}5802BR`,
        );
      },
    );
    fc.assert(property, { seed: 20_261_122, numRuns: 300 });
  });

  it("when any single character of a code is changed, then the CRC no longer matches", () => {
    const code = writeBrCode({
      merchantName: "TESTE",
      city: "SAO PAULO",
      amountCents: 1,
      target: { kind: "dynamic", url: "pix-qr.simulador.test/x" },
    });
    for (let at = 0; at < code.length - 4; at += 1) {
      const changed = `${code.slice(0, at)}${code[at] === "7" ? "8" : "7"}${code.slice(at + 1, -4)}`;
      expect(crc16(changed)).not.toBe(code.slice(-4));
    }
  });

  it("when a field cannot fit its length, then it is a bug and throws", () => {
    const target = { kind: "dynamic", url: "x".repeat(100) } as const;
    expect(() => writeBrCode({ merchantName: "T", city: "C", amountCents: 1, target })).toThrow(RangeError);
  });
});
