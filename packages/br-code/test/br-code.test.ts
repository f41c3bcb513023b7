import fc from "fast-check";
import { createStaticPix, hasError } from "pix-utils";
import { describe, expect, it } from "vitest";
import { crc16, qrCodeImage, readBrCode } from "../src/index.ts";

const STATIC =
  "00020126580014br.gov.bcb.pix01367d9f0335-8dcc-4054-9bf9-0dbd61d36906520400005303986540525.905802BR5916LANCHONETE TESTE6009SAO PAULO62230519mpqrinter12345678906304EB23";
const DYNAMIC =
  "00020101021226870014br.gov.bcb.pix2565pix-qr.example.test/instore/o/v2/7d9f03358dcc40549bf90dbd61d36906520400005303986540525.905802BR5916LANCHONETE TESTE6009SAO PAULO62070503***6304E704";

/** A code that only one app can pay: its field 43 names that app's network (provider §11). */
function appOnly(): string {
  const tlv = (id: string, value: string) => `${id}${String(value.length).padStart(2, "0")}${value}`;
  const fields = [
    tlv("00", "01"),
    tlv("43", tlv("00", "COM.MERCADOLIBRE")),
    tlv("52", "0000"),
    tlv("53", "986"),
    tlv("54", "25.90"),
    tlv("58", "BR"),
    tlv("59", "LANCHONETE TESTE"),
    tlv("60", "SAO PAULO"),
  ];
  const text = `${fields.join("")}6304`;
  return text + crc16(text);
}

describe("read a BR Code", () => {
  it("when the code is good, then amount, merchant and kind are read", () => {
    expect(readBrCode(STATIC)).toEqual({
      amountCents: 2590,
      merchantName: "LANCHONETE TESTE",
      isDynamic: false,
      isPix: true,
    });
    expect(readBrCode(DYNAMIC)).toEqual({
      amountCents: 2590,
      merchantName: "LANCHONETE TESTE",
      isDynamic: true,
      isPix: true,
    });
  });

  it("when any one character was changed, then it is refused", () => {
    fc.assert(
      fc.property(fc.nat(DYNAMIC.length - 1), fc.constantFrom("0", "9", "A", "z", "*"), (at, letter) => {
        fc.pre(DYNAMIC[at] !== letter);
        return readBrCode(DYNAMIC.slice(0, at) + letter + DYNAMIC.slice(at + 1)) === null;
      }),
    );
  });

  it("when another library writes a code, then we read the same amount", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (cents) => {
        const pix = createStaticPix({
          merchantName: "LANCHONETE TESTE",
          merchantCity: "SAO PAULO",
          pixKey: "7d9f0335-8dcc-4054-9bf9-0dbd61d36906",
          transactionAmount: cents / 100,
        });
        if (hasError(pix)) throw new Error(pix.message);
        expect(readBrCode(pix.toBRCode())?.amountCents).toBe(cents);
      }),
    );
  });

  it("when it is any other text, then it is refused and nothing breaks", () => {
    fc.assert(fc.property(fc.string(), (text) => readBrCode(text) === null));
  });

  it("when the CRC's check value is computed, then it is the standard's", () => {
    expect(crc16("123456789")).toBe("29B1");
  });
});

describe("draw a QR code", () => {
  it("when the same text is drawn twice, then it is one SVG", async () => {
    const image = await qrCodeImage(DYNAMIC);
    expect(Buffer.from(image.split(",")[1] ?? "", "base64").toString()).toContain("<svg");
    expect(await qrCodeImage(DYNAMIC)).toBe(image);
    expect(await qrCodeImage(STATIC)).not.toBe(image);
  });

  it("when no network of it is Pix, then it says that only one app can pay it", () => {
    expect(readBrCode(appOnly())).toMatchObject({ amountCents: 2590, isPix: false });
  });
});
